import Model
import Synchronization
import SystemIO
import SystemPackage

/// What the demonstration has written to the database, row by row, kept outside the stack.
///
/// It knows each row only after the server has said that it is committed.
final class DemoLedger: Sendable {
    private struct State: ~Copyable {
        var entries: [DemoEntry] = []
        let file: Descriptor
    }

    private let state: Mutex<State>

    /// Begins an empty ledger, in memory and in a file.
    init(_ path: FilePath) throws(Fault) {
        let file = try Descriptor.open(path, .write, create: .ifMissing(0o600))
        try file.appendAlways()
        state = Mutex(State(file: file))
    }

    /// All rows, in the order in which they were committed.
    var entries: [DemoEntry] { state.withLock { $0.entries } }

    /// The rows that were committed by a moment of the server's clock.
    func committed(by moment: Instant) -> [DemoEntry] { entries.filter { $0.after <= moment } }

    /// The rows that were not yet begun at a moment of the server's clock.
    func begun(after moment: Instant) -> [DemoEntry] { entries.filter { $0.before > moment } }

    /// Notes a committed row.
    ///
    /// - Throws: `E-IO-…`.
    func add(_ entry: DemoEntry) throws(Fault) {
        let line =
            "{\"id\":\(entry.id),\"sha256\":\"\(entry.digest)\",\"before\":\"\(entry.before.rfc3339(digits: 6))\","
            + "\"after\":\"\(entry.after.rfc3339(digits: 6))\"}\n"
        let result: Result<Void, Fault> = state.withLock { state in
            state.entries.append(entry)
            do throws(Fault) {
                try state.file.write(Array(line.utf8))
                return .success(())
            } catch { return .failure(error) }
        }
        try result.get()
    }
}
