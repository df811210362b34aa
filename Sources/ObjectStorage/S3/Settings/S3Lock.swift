/// How long every new object of a copy is protected from deletion by the provider itself (S3 Object Lock).
public struct S3Lock: Sendable, Equatable {
    /// Who may still delete a locked object.
    public enum Mode: String, Sendable, CaseIterable {
        /// Whoever has `s3:BypassGovernanceRetention`.
        case governance
        /// Nobody, the owner of the account included.
        case compliance
    }

    /// Who may still delete a locked object.
    public var mode: Mode
    /// For how long after it was stored; more than nothing.
    public var period: Duration

    /// Protects for a time.
    public init(mode: Mode, period: Duration) {
        self.mode = mode
        self.period = period
    }
}
