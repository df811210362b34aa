import ArgumentParser
import Recovery

/// The command line.
struct Lifeboat: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lifeboat",
        abstract: "Protects a whole stack, and brings it back to one chosen second.",
        discussion: """
            A stack is what one lifeboat.yaml describes: PostgreSQL, Redis, files, configuration, secrets.
            Begin with `lifeboat init`, or see it work with `lifeboat demo`.
            """,
        version: "lifeboat \(ProgramVersion.text)",
        subcommands: [
            InitVerb.self, BackupVerb.self, LsVerb.self, RestoreVerb.self, CheckVerb.self,
            CopyVerb.self, PruneVerb.self, StatusVerb.self, DoctorVerb.self, RunVerb.self,
            ServicesVerb.self, WalVerb.self, StandbyVerb.self, KeyVerb.self, DemoVerb.self,
        ]
    )
}
