internal import Model
internal import Synchronization
internal import Vault

/// Heartbeats on their way from the connection that writes them to the receiver that stores them.
final class HeartbeatBoard: Sendable {
    private let beats = Mutex<[LogHead.Heartbeat]>([])

    /// Notes a heartbeat that the server has committed.
    func add(_ beat: LogHead.Heartbeat) { beats.withLock { $0.append(beat) } }

    /// The newest heartbeat at or before a position; older ones are forgotten.
    func newest(upTo position: LSN) -> LogHead.Heartbeat? {
        beats.withLock { beats in
            guard let index = beats.lastIndex(where: { $0.lsn <= position }) else { return nil }
            beats.removeFirst(index)
            return beats.first
        }
    }
}
