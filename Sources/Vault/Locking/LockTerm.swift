/// For how long a copy with Object Lock keeps everything that a live snapshot needs from being deleted.
///
/// Each run that writes or collects leaves every such object locked for at least ``period`` from then on. A lock is set for
/// longer, so that an object is prolonged twice in a period and not with every run.
public struct LockTerm: Sendable, Hashable {
    /// What is promised after each run.
    public let period: Duration

    /// Promises a time; more than nothing.
    public init(period: Duration) { self.period = period }

    /// For how long a lock is set: half a period longer than what is promised.
    public var whole: Duration { period + period / 2 }
}
