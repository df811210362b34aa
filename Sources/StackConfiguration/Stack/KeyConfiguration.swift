/// Whom the backups are sealed to, and what opens them here.
public struct KeyConfiguration: Sendable, Hashable {
    /// The age recipients (`age1…`) that every pack is sealed to; at least one.
    public var recipients: [String]
    /// Where the identity is that opens them; nil on a host that must not be able to read its own backups.
    public var identity: SecretReference?
    /// How long ago the recovery kit may have been tested; nil when nobody wants to be reminded.
    public var kitTestedWithin: Duration?

    /// Groups what concerns the keys.
    public init(
        recipients: [String],
        identity: SecretReference? = nil,
        kitTestedWithin: Duration? = nil
    ) {
        self.recipients = recipients
        self.identity = identity
        self.kitTestedWithin = kitTestedWithin
    }
}
