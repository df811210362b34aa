import ArgumentParser
import Console
import Model
import PostgresProtection
import Recovery
import SystemPackage

/// `lifeboat wal push`.
struct WalPushVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "push",
        abstract:
            "Takes one file of the log from a server: archive_command = 'lifeboat wal push %p'.",
        discussion: """
            Ends with 0 when the file is durable on this host, and again for the same file; `lifeboat run` or a later push takes it to
            the vault when that is away now. Ends with another code, so that the server keeps the file and tries again, when it is no log
            file, of another cluster, differs from what is there under its name, or the spool is full.
            """
    )

    @Argument(help: ArgumentHelp("The file; %p of the server.", valueName: "path"))
    var path: String
    @OptionGroup var about: SubjectArgument
    @OptionGroup var global: GlobalOptions

    func perform(_ screen: Screen) async throws(Fault) -> Model.ExitCode {
        let stack = try ConfigurationFile.stack(global, subject: about.value, screen)
        let outcome = try await WALPush(stack).run(
            WorkingDirectory.absolute(path),
            about.value.names,
            dataDirectory: WorkingDirectory.absolute(".")
        )
        let state: String
        switch outcome {
        case .stored: state = "stored"
        case .ignored: state = "ignored"
        case .spooled(let reason):
            state = "spooled"
            screen.note("'\(path)' waits in the spool: \(reason)")
        }
        try screen.json(
            "wal_push",
            [JSONField("path", .text(path)), JSONField("state", .text(state))]
        )
        return .success
    }
}
