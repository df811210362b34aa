internal import Synchronization

/// What the receiver of a log tells the task that takes the snapshots it begins with.
final class RedisBaseBoard: Sendable {
    private struct State {
        /// How often one was asked for, and how many of these wishes are fulfilled.
        var wishes = 0
        var fulfilled = 0
    }

    private let state = Mutex(State())

    /// Asks for a snapshot that is begun from now on.
    func wish() { state.withLock { $0.wishes += 1 } }

    /// The wish to be fulfilled; nil when there is none.
    var open: Int? { state.withLock { $0.wishes > $0.fulfilled ? $0.wishes : nil } }

    /// A snapshot that was begun after a wish is in the vault.
    func fulfill(_ wish: Int) { state.withLock { $0.fulfilled = max($0.fulfilled, wish) } }
}
