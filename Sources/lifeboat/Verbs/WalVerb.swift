import ArgumentParser

/// `lifeboat wal`: PostgreSQL's log as files.
struct WalVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wal",
        abstract:
            "Takes files of PostgreSQL's log from a server or an archive, and hands them out.",
        discussion: """
            `lifeboat run` receives the log by itself. These serve beside it, or where no connection for it is allowed:
            archive_command = 'lifeboat wal push %p'
            restore_command = 'lifeboat wal fetch %f %p'
            """,
        subcommands: [WalPushVerb.self, WalFetchVerb.self, WalImportVerb.self]
    )
}
