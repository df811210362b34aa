public import Model
public import Vault

/// Where the log of a component goes: one or several copies of one vault.
public struct LogCopies: Sendable {
    /// When a part of the log counts as safe, so that its source may forget it.
    public enum Durability: Sendable {
        /// When some copy holds it.
        case anyCopy
        /// When every copy holds it.
        case everyCopy
    }

    /// One copy.
    public struct Copy: Sendable {
        /// Its name in the configuration, for messages.
        public let name: String
        /// Opens it; again after each failure, since another disk may be there by then.
        public let open: @Sendable () async throws(Fault) -> Vault

        /// Groups the two.
        public init(name: String, open: @escaping @Sendable () async throws(Fault) -> Vault) {
            self.name = name
            self.open = open
        }
    }

    /// The copies, at least one; the first is the one that a backup writes to.
    public let copies: [Copy]
    /// When a part of the log counts as safe.
    public let durability: Durability

    /// Groups the two.
    public init(_ copies: [Copy], durability: Durability) {
        precondition(!copies.isEmpty, "the log goes somewhere")
        self.copies = copies
        self.durability = durability
    }

    /// One vault that is open.
    public init(_ vault: Vault) {
        self.init(
            [Copy(name: "the vault") { () async throws(Fault) in vault }],
            durability: .anyCopy
        )
    }
}
