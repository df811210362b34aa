import ArgumentParser
import Console
import Model
import Protection
import Recovery
import SystemIO

/// `lifeboat run`.
struct RunVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract:
            "Receives the logs of PostgreSQL and Redis and writes heartbeats, until it is told to end.",
        discussion: """
            Takes what `wal push` left in the spool to the vault, too. Stays in the foreground; SIGTERM and SIGINT end it cleanly.
            """
    )

    @OptionGroup var about: SubjectArgument
    @OptionGroup var untested: UntestedOption
    @OptionGroup var global: GlobalOptions

    func perform(_ screen: Screen) async throws(Fault) -> Model.ExitCode {
        var stack = try ConfigurationFile.stack(global, subject: about.value, screen)
        stack.allowsUntestedVersions = untested.untestedVersion
        await Leftovers(stack).clear(screen)
        let clock = SystemClock()
        do throws(Fault) {
            try await LogStreaming(stack).run(about.value.names) { name in
                ProgressReporter { event in
                    let text: String
                    switch event {
                    case .phase(let phase): text = phase
                    case .note(let note): text = note
                    case .total, .advanced: return
                    }
                    // A line that nobody takes any more never ends the work.
                    try? screen.result([
                        "\(clock.now().rfc3339(digits: 0)) \(name): \(Styled.visible(text))"
                    ])
                    try? screen.json(
                        "note",
                        [
                            JSONField("time", .time(clock.now())),
                            JSONField("component", .text(name)), JSONField("text", .text(text)),
                        ]
                    )
                }
            }
        } catch  where error.code == .cancelled {
            // Being told to end is how this verb succeeds.
            return .success
        }
        return .success
    }
}
