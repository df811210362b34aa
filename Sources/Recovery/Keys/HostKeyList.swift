public import Model
internal import Sealing
internal import StackConfiguration
internal import Vault

/// The keys of all hosts that the operator vouched for, and those of them that do not count any more.
public struct HostKeyList: Sendable {
    /// One key of one host.
    public struct Item: Sendable {
        /// What a key is good for.
        public enum State: Sendable, Hashable {
            /// The host writes with it.
            case inForce
            /// The host has newer keys; what it signed stays trusted.
            case replaced
            /// It was revoked: what it signed from a moment on is not trusted; nil when nothing that it signed is.
            case revoked(since: Instant?)
        }

        /// The host.
        public let host: String
        /// The public key.
        public let key: String
        /// When it was first enrolled.
        public let enrolled: Instant
        /// What it is good for.
        public let state: State
    }

    /// The keys, by host and time.
    public let items: [Item]
    /// Documents under `hosts/` that cannot be used, one fault each.
    public let refused: [Fault]

    /// Reads what the copies that are there know; needs no key.
    ///
    /// - Throws: what opening the first copy throws when none is there.
    public static func read(_ stack: Stack) async throws(Fault) -> HostKeyList {
        let vault = try await stack.copiesToRead().vault
        var items: [Item] = []
        for enrolment in vault.enrolments
        where !items.contains(where: { $0.host == enrolment.host && $0.key == "\(enrolment.key)" })
        {
            let state: Item.State =
                if vault.isRevoked(enrolment.key, host: enrolment.host) {
                    .revoked(since: vault.revokedSince(enrolment.key, host: enrolment.host))
                } else if vault.enrolment(of: enrolment.host)?.key == enrolment.key {
                    .inForce
                } else {
                    .replaced
                }
            items.append(
                Item(
                    host: enrolment.host,
                    key: "\(enrolment.key)",
                    enrolled: enrolment.time,
                    state: state
                )
            )
        }
        return HostKeyList(items: items, refused: vault.refusedHosts)
    }
}
