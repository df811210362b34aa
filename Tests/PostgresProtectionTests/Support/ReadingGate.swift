import Glibc
import Synchronization

/// Holds a backup while it reads files: what a test does meanwhile comes in time, however slow the machine is.
final class ReadingGate: Sendable {
    private enum Width: Sendable { case open, narrow, shut }

    private let width = Mutex(Width.open)

    /// Holds a backup once it has read something, and its thread with it.
    ///
    /// A server that sends an archive is held too, and with it whoever waits for all of the server's processes.
    func shut() { width.withLock { $0 = .shut } }

    /// Lets a backup crawl.
    func narrow() { width.withLock { $0 = .narrow } }

    /// Lets the backup go on.
    func open() { width.withLock { $0 = .open } }

    /// Comes back when a backup may read more.
    func pass() {
        while true {
            switch width.withLock({ $0 }) {
            case .open: return
            case .narrow:
                usleep(50_000)
                return
            case .shut: usleep(2_000)
            }
        }
    }
}
