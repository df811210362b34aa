import ArgumentParser

/// `lifeboat standby`: servers that follow a protected one.
struct StandbyVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "standby",
        abstract: "Builds a hot standby of a PostgreSQL component from its backups.",
        subcommands: [StandbyCreateVerb.self]
    )
}
