internal import Model
internal import Synchronization
internal import Vault

/// What the connection that writes heartbeats tells the receiver that stores them.
final class HeartbeatBoard: Sendable {
    private struct State {
        var beats: [LogHead.Heartbeat] = []
        var isAwaited = false
    }

    private let state = Mutex(State())

    /// Notes a heartbeat that the server has committed.
    func add(_ beat: LogHead.Heartbeat) { state.withLock { $0.beats.append(beat) } }

    /// The newest heartbeat at or before a position; older ones are forgotten.
    func newest(upTo position: LSN) -> LogHead.Heartbeat? {
        state.withLock { state in
            guard let index = state.beats.lastIndex(where: { $0.lsn <= position }) else {
                return nil
            }
            state.beats.removeFirst(index)
            return state.beats.first
        }
    }

    /// Whether commits of the server wait for what the receiver reports, as far as is known.
    var isAwaited: Bool { state.withLock { $0.isAwaited } }

    /// Notes whether commits wait; tells whether that is news.
    func note(isAwaited: Bool) -> Bool {
        state.withLock { state in
            defer { state.isAwaited = isAwaited }
            return state.isAwaited != isAwaited
        }
    }
}
