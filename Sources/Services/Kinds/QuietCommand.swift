internal import Model
internal import SystemIO

/// A command that may leave something running behind it.
///
/// What it says is thrown away: a pipe would end only when what it left behind ends, and a file would grow for as long as that
/// writes to it.
struct QuietCommand {
    private let command: Command
    private let patience: Duration

    /// A program and its arguments, and how long it may take.
    init(_ words: [String], within patience: Duration) {
        command = Command(words[0], arguments: Array(words.dropFirst()))
        self.patience = patience
    }

    /// Runs it until it ends; nil when that takes too long, and then it is ended.
    ///
    /// - Throws: `E-COMMAND-…`, `E-CANCELLED`.
    func run() async throws(Fault) -> ExitStatus? {
        let timepiece = Timepiece(ContinuousClock())
        return try await command.spawn { child async throws(Fault) in
            while true {
                if let status = try child.wait(upTo: .milliseconds(100)) { return status }
                guard timepiece.passed() < patience else { return nil }
                guard !Task.isCancelled else {
                    throw Fault(
                        .cancelled,
                        "unable to run program '\(command.executable)': it was cancelled"
                    )
                }
            }
        }.value
    }
}
