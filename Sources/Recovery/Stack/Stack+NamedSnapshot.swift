internal import Model
internal import StackConfiguration
internal import Vault

extension Stack {
    /// The snapshot that a person names: `COMPONENT@NUMBER` or the object's name.
    ///
    /// A number means the snapshot that is trusted; one that a revoked key signed only where no other has the number.
    ///
    /// - Throws: `E-VALUE` when the text is no name, `E-SNAPSHOT-NONE` when there is none of the number, or several.
    func snapshot(
        named name: String,
        of host: String,
        in vault: Vault
    ) async throws(Fault) -> SnapshotID {
        if let id = SnapshotID(name) { return id }
        let parts = name.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = UInt64(parts[1]),
            let stream = StreamName(
                host: host,
                stack: configuration.stack,
                component: String(parts[0])
            )
        else {
            throw Fault(
                .invalidValue,
                "unable to find snapshot '\(name)': it is neither COMPONENT@NUMBER nor an object's name",
                hints: ["`lifeboat ls` shows components and numbers."]
            )
        }
        var found: [SnapshotID] = []
        for reader in [vault, vault.acceptingRevoked] where found.isEmpty {
            found = try await reader.snapshots(of: stream).snapshots.map(\.id)
                .filter { $0.seq == number }
        }
        guard found.count == 1, let only = found.first else {
            throw Fault(
                .noSnapshot,
                "unable to find snapshot '\(name)': \(found.isEmpty ? "there is none" : "there are \(found.count)")",
                hints: found.map { "Name it in full: \($0)" } + [
                    "See what is there with `lifeboat ls`."
                ]
            )
        }
        return only
    }
}
