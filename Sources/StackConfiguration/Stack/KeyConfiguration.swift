/// Whom the backups are sealed to, and what opens them here.
public struct KeyConfiguration: Sendable, Hashable {
    /// The age recipients (`age1…`) that every pack is sealed to; at least one.
    public var recipients: [String]
    /// Where the identity is that opens them; nil on a host that must not be able to read its own backups.
    public var identity: SecretReference?

    /// Groups recipients and an identity.
    public init(recipients: [String], identity: SecretReference? = nil) {
        self.recipients = recipients
        self.identity = identity
    }
}
