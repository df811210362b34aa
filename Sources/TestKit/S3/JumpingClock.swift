import Synchronization

/// A clock that stands still until somebody waits, and then jumps to where they want to be.
public final class JumpingClock: Clock {
    /// A moment of it.
    public struct Instant: InstantProtocol {
        /// The time since the clock was made.
        public let passed: Duration

        /// The moment some time later.
        public func advanced(by duration: Duration) -> Instant {
            Instant(passed: passed + duration)
        }

        /// The time to another moment.
        public func duration(to other: Instant) -> Duration { other.passed - passed }

        /// Orders by time.
        public static func < (left: Instant, right: Instant) -> Bool { left.passed < right.passed }
    }

    private let state = Mutex((passed: Duration.zero, waits: [Duration]()))

    /// Makes one.
    public init() {}

    /// The present moment.
    public var now: Instant { Instant(passed: state.withLock { $0.passed }) }

    /// It knows every moment.
    public var minimumResolution: Duration { .nanoseconds(1) }

    /// How long everybody waited, in order.
    public var waits: [Duration] { state.withLock { $0.waits } }

    /// Jumps.
    public func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        state.withLock { state in
            state.waits.append(deadline.passed - state.passed)
            state.passed = max(state.passed, deadline.passed)
        }
        await Task.yield()
    }
}
