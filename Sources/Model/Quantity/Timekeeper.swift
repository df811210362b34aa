/// Where the time of day comes from; tests bring their own.
public protocol Timekeeper: Sendable {
    /// The present moment.
    func now() -> Instant

    /// How long it is since some moment of the past; it counts suspended time and never jumps.
    func elapsed() -> Duration
}

private let beginning = ContinuousClock.now

extension Timekeeper {
    /// The system's own, for clocks that differ only in the time of day.
    public func elapsed() -> Duration { beginning.duration(to: .now) }
}
