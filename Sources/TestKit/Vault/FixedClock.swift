public import Model

/// A clock that always tells the same time.
public struct FixedClock: Timekeeper {
    private let time: Instant

    /// Stands at a time.
    public init(_ time: Instant) { self.time = time }

    /// The time it stands at.
    public func now() -> Instant { time }
}
