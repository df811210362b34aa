import Console
import Model
import Synchronization

/// A sink that keeps what is written to it.
final class RecordingSink: Sink {
    private let content = Mutex("")

    var text: String { content.withLock { $0 } }

    var lines: [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    func write(_ text: String) throws(Fault) {
        content.withLock { $0 += text }
    }
}
