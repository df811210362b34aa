/// Where the time of day comes from; tests bring their own.
public protocol Timekeeper: Sendable {
    /// The present moment.
    func now() -> Instant
}
