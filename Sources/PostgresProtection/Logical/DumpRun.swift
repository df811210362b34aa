internal import Model
internal import PostgresWire
internal import Protection
internal import SystemIO
internal import Vault

/// One run of the dumps of a cluster, from the list of databases to the last byte.
struct DumpRun {
    let dumps: PostgresDumps
    let session: BackupSession
    let context: BackupContext

    /// The newest version that is supported: its programs dump every older one.
    private static let newest = 18

    /// What is known of the server.
    private struct Server {
        let version: Int
        let databases: [String]
        let isSuperuser: Bool
        let role: String
        let database: String
    }

    private var live: LiveServer { LiveServer(settings: dumps.settings) }

    /// Dumps everything; nothing of it is a snapshot before all of it is whole.
    func run() async throws(Fault) -> BackupDraft {
        let begin = context.clock.now()
        let server = try ask()
        let programs = try await programs(server.version / 10_000)
        if let size = session.previous?.head.sizes.source { context.progress(.total(size)) }
        var count = 0
        if dumps.hasGlobals {
            try await dumpGlobals(server, programs)
            count += 1
        }
        try session.add(
            ManifestEntry(path: Array(DumpPath.databases.utf8), kind: .directory, mode: 0o700)
        )
        for database in server.databases {
            context.progress(.phase("dumping \(database)"))
            // What makes the database is a part of it: its encoding, owner and settings.
            let command = try live.command("pg_dump", ["--create"], database: database, programs)
            try await store(
                command,
                as: DumpPath.of(database),
                DumpTrailer(isOfCluster: false),
                "database '\(database)'",
                by: .init(role: server.role, version: server.version, database: database)
            )
            count += 1
        }
        return BackupDraft(
            time: begin,
            facts: [
                "files": String(count), "holes": "0", "dump": "1",
                "version": String(server.version),
            ]
        )
    }

    private func ask() throws(Fault) -> Server {
        let connection = try live.connect()
        defer { connection.close() }
        let present = try connection.query(
            """
            SELECT datname FROM pg_catalog.pg_database
            WHERE datallowconn AND NOT datistemplate AND datconnlimit <> -2
            ORDER BY datname
            """
        ).compactMap { $0.first ?? nil }
        for name in dumps.databases where !present.contains(name) {
            throw Fault(
                .databaseMissing,
                "unable to dump database '\(name)': the server has no such database",
                hints: ["It has: \(present.joined(separator: ", "))."]
            )
        }
        let role = "SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user"
        return Server(
            version: connection.serverVersion,
            databases: dumps.databases.isEmpty ? present : dumps.databases,
            isSuperuser: try connection.query(role) == [["t"]],
            role: connection.user,
            database: connection.database
        )
    }

    /// The server's own programs, else those of a newer version.
    private func programs(_ major: Int) async throws(Fault) -> any ServerPrograms {
        var first: Fault?
        for version in major...max(major, Self.newest) {
            do throws(Fault) {
                return try await dumps.runtime.postgres(major: version, image: nil)
            } catch  where error.code == .serverMissing { first = first ?? error }
        }
        throw Fault(
            .serverMissing,
            "unable to dump the databases of '\(dumps.name)': no pg_dump of PostgreSQL \(major) or newer is on this host",
            hints: Array((first?.hints ?? []).prefix(1))
        )
    }

    private func dumpGlobals(
        _ server: Server,
        _ programs: any ServerPrograms
    ) async throws(Fault) {
        context.progress(.phase("dumping roles"))
        if !server.isSuperuser {
            context.progress(
                .note("roles are dumped without passwords: only a superuser sees those")
            )
        }
        let arguments =
            ["--globals-only", "--database", server.database]
            + (server.isSuperuser ? [] : ["--no-role-passwords"])
        try await store(
            try live.command("pg_dumpall", arguments, programs),
            as: DumpPath.globals,
            DumpTrailer(isOfCluster: true),
            "roles and tablespaces",
            by: .init(role: server.role, version: server.version)
        )
    }

    /// Puts what a program writes into the session.
    ///
    /// - Throws: `E-PG-DUMP` when it did not end well, or what it wrote does not end as it should.
    private func store(
        _ command: Command,
        as path: String,
        _ trailer: DumpTrailer,
        _ what: String,
        by reader: DumpFailure.Reader
    ) async throws(Fault) {
        var trailer = trailer
        let writer = session.chunks(sizeHint: 1 << 30)
        let ending = try await command.read { bytes async throws(Fault) in
            trailer.update(bytes)
            try await writer.write(bytes[...])
            context.progress(.advanced(Int64(bytes.count)))
        }
        guard ending.status.isSuccess, trailer.isWhole else {
            throw DumpFailure(ending: ending, reader: reader).fault("unable to dump \(what)")
        }
        var entry = ManifestEntry(path: Array(path.utf8), kind: .file, mode: 0o600)
        entry.modified = context.clock.now()
        try session.add(entry, content: try await writer.finish())
    }
}
