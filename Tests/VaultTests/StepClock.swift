import Synchronization

/// A clock that moves by the same step whenever it is asked.
final class StepClock: Sendable {
    private let pace: Duration
    private let time = Mutex(Duration.zero)

    init(pace: Duration) { self.pace = pace }

    /// The time, after one more step.
    @Sendable func now() -> Duration {
        time.withLock { time in
            time += pace
            return time
        }
    }
}
