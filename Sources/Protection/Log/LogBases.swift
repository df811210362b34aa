internal import Synchronization

/// What the receiver of a log tells the task beside it that takes the snapshots which the log is replayed on.
package final class LogBases: Sendable {
    private struct State {
        /// How often one was asked for, and how many of these wishes are fulfilled.
        var wishes = 0
        var fulfilled = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// Asks for a snapshot that is begun from now on.
    package func wish() { state.withLock { $0.wishes += 1 } }

    /// The wish to be fulfilled; nil when there is none.
    var open: Int? { state.withLock { $0.wishes > $0.fulfilled ? $0.wishes : nil } }

    /// A snapshot that was begun after a wish is in the vault.
    func fulfill(_ wish: Int) { state.withLock { $0.fulfilled = max($0.fulfilled, wish) } }
}
