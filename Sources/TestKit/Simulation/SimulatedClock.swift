public import Model
import Synchronization

/// A clock that stands still until it is moved.
public final class SimulatedClock: Timekeeper {
    private let state: Mutex<(now: Instant, elapsed: Duration)>

    /// Stands at a moment.
    public init(_ now: Instant) { state = Mutex((now, .zero)) }

    /// The time it stands at.
    public func now() -> Instant { state.withLock { $0.now } }

    /// How far it was moved in all.
    public func elapsed() -> Duration { state.withLock { $0.elapsed } }

    /// Lets time go by.
    public func advance(by time: Duration) {
        state.withLock { state in
            state.now = state.now + time
            state.elapsed += time
        }
    }

    /// Sets the time of day, as a person or a time server does; no time goes by.
    public func set(_ now: Instant) { state.withLock { $0.now = now } }
}
