/// How long an object that was stored cannot be deleted or replaced, whoever asks.
public struct CopyLock: Sendable, Hashable {
    /// Who may lift a lock.
    public enum Mode: String, Sendable, Hashable, CaseIterable {
        /// Whoever holds a special permission.
        case governance
        /// Nobody, before its time is over.
        case compliance
    }

    /// Who may lift it.
    public var mode: Mode
    /// How long it holds from the moment that an object is stored.
    public var period: Duration

    /// Groups a mode and a period.
    public init(mode: Mode, period: Duration) {
        self.mode = mode
        self.period = period
    }
}
