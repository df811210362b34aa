internal import FoundationEssentials
internal import Model
internal import PostgresWire
internal import Protection
internal import SystemIO
internal import SystemPackage

/// The server that a component protects, where it gets something back.
struct LiveServer {
    let settings: PostgresSettings

    /// Refuses a table that is there, and a schema or a database that is not.
    ///
    /// - Throws: `E-RESTORE-PLACE`, `E-PG-…`.
    func requireFree(_ name: TableName, in database: String) throws(Fault) {
        let connection: PostgresConnection
        do throws(Fault) { connection = try connect(to: database) } catch {
            guard (error.cause as? ServerError)?.sqlState == "3D000" else { throw error }
            throw Fault(
                .placeRefused,
                "unable to restore into database '\(database)': the live server has no such database",
                hints: ["Make it first: createdb '\(database)'"]
            )
        }
        defer { connection.close() }
        guard let schema = name.schema else { return }
        let row =
            try connection.query(
                """
                SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname::text = $1),
                  EXISTS (
                    SELECT FROM pg_catalog.pg_class c
                    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                    WHERE n.nspname::text = $1 AND c.relname::text = $2
                  )
                """,
                parameters: [schema, name.table]
            ).first ?? []
        guard row.first == "t" else {
            throw Fault(
                .placeRefused,
                "unable to restore table '\(name)': database '\(database)' has no such schema",
                hints: ["Make it first: CREATE SCHEMA \(SQLText.identifier(schema));"]
            )
        }
        guard row.last == "f" else {
            throw Fault(
                .placeRefused,
                "unable to restore table '\(name)': database '\(database)' has something of that name",
                hints: ["Nothing is replaced. Name another one: --to table:NAME"]
            )
        }
    }

    /// Refuses the name of a database that is there.
    ///
    /// - Throws: `E-RESTORE-PLACE`, `E-PG-…`.
    func requireFree(_ database: String) throws(Fault) {
        let connection = try connect()
        defer { connection.close() }
        let rows = try connection.query(
            "SELECT 1 FROM pg_catalog.pg_database WHERE datname::text = $1",
            parameters: [database]
        )
        guard !rows.isEmpty else { return }
        throw Fault(
            .placeRefused,
            "unable to restore database '\(database)': the live server has one of that name",
            hints: ["Nothing is replaced. Name another one: --to database:NAME"]
        )
    }

    /// Runs a script in a database, as one transaction.
    ///
    /// - Throws: `E-PG-FILL` with the server's words, and what writing the script throws; then nothing has changed.
    func run(
        _ script: ThingScript,
        in database: String,
        _ programs: any ServerPrograms
    ) async throws(Fault) -> Int? {
        var count: Int?
        let result = try await psql(database, programs).feed { file async throws(Fault) in
            try file.write(Array("BEGIN;\n".utf8))
            count = try await script.write(to: file)
            // Whoever reads a script that was cut short commits nothing.
            try file.write(Array("COMMIT;\n".utf8))
        }
        try check(result, "unable to fill database '\(database)' of the live server")
        return count
    }

    /// Makes a database under a name that nobody else has, fills it, and gives it its own name last.
    ///
    /// The script makes the database `temporary`.
    ///
    /// - Throws: as ``run(_:in:_:)``; then nothing is there, or (the work was cancelled, the server is gone) the last hint names what is.
    func make(
        _ database: String,
        as temporary: String,
        _ script: ThingScript,
        _ programs: any ServerPrograms
    ) async throws(Fault) {
        do throws(Fault) {
            let result = try await psql(nil, programs, name: temporary).feed {
                file async throws(Fault) in
                _ = try await script.write(to: file)
            }
            try check(result, "unable to make database '\(database)' on the live server")
            let connection = try connect()
            defer { connection.close() }
            _ = try connection.query(
                "ALTER DATABASE \(SQLText.identifier(temporary)) RENAME TO \(SQLText.identifier(database))"
            )
        } catch let fault {
            let drop = "DROP DATABASE IF EXISTS \(SQLText.identifier(temporary)) WITH (FORCE)"
            do throws(Fault) {
                let connection = try connect()
                defer { connection.close() }
                try endSessions(named: temporary, connection)
                _ = try connection.query(drop)
            } catch _ {
                throw fault.adding(hint: "A part of it is on the live server: \(drop);")
            }
            throw fault
        }
    }

    /// Ends the sessions of a program that has ended: one that makes a database goes on with it, and it would be there after the drop.
    private func endSessions(
        named name: String,
        _ connection: PostgresConnection
    ) throws(Fault) {
        for _ in 0..<600 {
            let rows = try connection.query(
                """
                SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
                WHERE application_name = $1
                """,
                parameters: [name]
            )
            guard !rows.isEmpty else { return }
            _ = try connection.query("SELECT pg_catalog.pg_sleep(0.1)")
        }
    }

    /// Throws what made a script fail: the server's words where it refused something, since all else follows from that.
    private func check(
        _ result: (ending: Command.Ending, fault: Fault?),
        _ attempt: String
    ) throws(Fault) {
        let text = result.ending.errorText
        if !isOurs(result.fault), ProgramWords.hasError(text) {
            throw Fault(
                .fillFailed,
                "\(attempt): \(ProgramWords.failure(in: text) ?? "")",
                hints: [
                    "Nothing of it is there. Under another name a table needs no more than its types; or take the SQL with --to stdout."
                ]
            )
        }
        if let fault = result.fault { throw fault }
        guard result.ending.status.isSuccess else {
            let line = ProgramWords.failure(in: text) ?? "\(result.ending.status)"
            throw Fault(.fillFailed, "\(attempt): \(line)")
        }
    }

    /// Whether a script failed by itself: one whose reader has ended cannot write any more, and then the reader knows why.
    private func isOurs(_ fault: Fault?) -> Bool {
        guard let fault else { return false }
        return fault.systemError != .brokenPipe && !fault.message.contains("Broken pipe")
    }

    /// Connects to a database; nil for the configured one.
    func connect(to database: String? = nil) throws(Fault) -> PostgresConnection {
        let (text, password, _) = try address(database)
        return try PostgresConnection.connect(
            parameters: password.map { ["password": $0] } ?? [:],
            dsn: text
        )
    }

    /// `psql` that reads a script from its input and stops at the first error; the server may know it by a name of its own.
    private func psql(
        _ database: String?,
        _ programs: any ServerPrograms,
        name: String? = nil
    ) throws(Fault) -> Command {
        let arguments = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-"]
        return try command("psql", arguments, database: database, name: name, programs)
    }

    /// A program that works with a database; nil for the configured one.
    ///
    /// The password is in its environment only.
    func command(
        _ program: String,
        _ arguments: [String],
        database: String? = nil,
        name: String? = nil,
        _ programs: any ServerPrograms
    ) throws(Fault) -> Command {
        let (text, password, files) = try address(database, name: name)
        var environment = ProcessInfo.processInfo.environment
        environment["LC_ALL"] = "C"
        if let password { environment["PGPASSWORD"] = password }
        return programs.command(
            program,
            arguments: arguments + ["-w", "-d", text],
            environment: environment,
            account: nil,
            directory: nil,
            reach: .server(files)
        )
    }

    private func address(
        _ database: String?,
        name: String? = nil
    ) throws(Fault) -> (text: String, password: String?, files: [FilePath]) {
        var keywords = try PostgresConnection.keywords(
            parameters: settings.parameters,
            dsn: settings.dsn
        )
        let password = keywords.removeValue(forKey: "password")
        if let database { keywords["dbname"] = database }
        if let name { keywords["application_name"] = name }
        // The folder of a socket, certificates, a file of passwords.
        let files = keywords.values.flatMap { $0.split { $0 == "," } }.filter { $0.hasPrefix("/") }
        return (
            ConnectionText.text(keywords), password, files.sorted().map { FilePath(String($0)) }
        )
    }
}
