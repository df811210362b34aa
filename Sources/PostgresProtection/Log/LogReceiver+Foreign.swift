internal import Model
internal import PostgresWire
internal import Vault

extension LogReceiver {
    /// A stream holds one cluster; another one's log would be joined to it without anybody noticing.
    ///
    /// Nothing was made on the server before this: a slot would keep its log for nobody.
    static func refuseForeign(
        _ reader: LogReader,
        _ identity: SystemIdentity
    ) async throws(Fault) {
        guard let last = reader.pieces.last else { return }
        let head = try await reader.head(of: last)
        guard head.source == String(identity.systemIdentifier) else {
            throw Fault(
                .foreignCluster,
                "unable to receive the log of '\(reader.stream.component)': the server is cluster"
                    + " \(identity.systemIdentifier), the vault holds \(head.source)",
                hints: [
                    "Give the new cluster a component name of its own; the old one stays restorable."
                ]
            )
        }
    }
}
