internal import Model
internal import PostgresWire
internal import SystemIO

/// The rows of a table that meet a condition, read out of a scratch cluster by a role that may do nothing but read.
struct TableRows: Sendable {
    let table: FoundTable
    let columns: [FoundTable.Column]
    /// The operator's own SQL; nil for all rows.
    let condition: String?

    private static let bufferSize = 256 << 10

    /// Makes the role that reads, and refuses what is no condition, before anything is written.
    ///
    /// - Throws: `E-VALUE` when the condition is no condition on this table, `E-PG-…`, `E-CANCELLED`.
    func prepare(_ session: ScratchSession) throws(Fault) {
        try makeReader(session)
        let connection = try connect(session)
        defer { connection.close() }
        try requireCondition(connection)
    }

    /// Writes the rows in the text form of COPY; ``prepare(_:)`` comes first.
    ///
    /// - Returns: how many they are.
    /// - Throws: `E-PG-…`, `E-IO-…`, `E-CANCELLED`.
    func write(
        to file: borrowing Descriptor,
        _ session: ScratchSession
    ) throws(Fault) -> Int {
        let connection = try connect(session)
        defer { connection.close() }
        var buffer: [UInt8] = []
        buffer.reserveCapacity(Self.bufferSize)
        var count = 0
        try connection.copyOut("COPY (\(query)) TO STDOUT") { row throws(Fault) in
            count += 1
            buffer += row
            guard buffer.count >= Self.bufferSize else { return }
            try file.write(buffer)
            buffer.removeAll(keepingCapacity: true)
        }
        try file.write(buffer)
        return count
    }

    /// A transaction that only reads, of the role that can only read.
    private func connect(_ session: ScratchSession) throws(Fault) -> PostgresConnection {
        let connection = try session.connect(to: table.database, as: session.reader)
        _ = try connection.query("BEGIN READ ONLY; \(settings)")
        return connection
    }

    /// Whoever wrote functions or operators of this database, they run with the rights of this role, not with those of the account of the
    /// server, which a superuser has.
    private func makeReader(_ session: ScratchSession) throws(Fault) {
        let connection = try session.connect(to: table.database)
        defer { connection.close() }
        let reader = SQLText.identifier(session.reader)
        var statements = [
            // Triggers on DDL are the database's own code too.
            "SET session_replication_role = replica",
            "CREATE ROLE \(reader) LOGIN BYPASSRLS",
        ]
        if session.major >= 14 {
            statements.append("GRANT pg_read_all_data TO \(reader)")
        } else if let schema = table.name.schema {
            statements.append("GRANT USAGE ON SCHEMA \(SQLText.identifier(schema)) TO \(reader)")
            statements.append("GRANT SELECT ON TABLE \(table.name.sql) TO \(reader)")
        }
        let database = SQLText.identifier(table.database)
        statements.append("GRANT CONNECT ON DATABASE \(database) TO \(reader)")
        _ = try connection.query(statements.joined(separator: "; "))
    }

    /// What the text form of values depends on, as `pg_dump` has it; names in a condition are looked for beside the table first.
    private var settings: String {
        let schema = table.name.schema.map { SQLText.identifier($0) + ", " } ?? ""
        return [
            "SET LOCAL search_path = \(schema)public", "SET LOCAL datestyle = ISO",
            "SET LOCAL intervalstyle = postgres", "SET LOCAL extra_float_digits = 3",
            "SET LOCAL bytea_output = hex", "SET LOCAL synchronize_seqscans = off",
            "SET LOCAL row_security = off", "SET LOCAL standard_conforming_strings = on",
        ].joined(separator: "; ")
    }

    private var query: String { "SELECT \(list) FROM \(source)\(filter)" }

    private var list: String {
        columns.map { SQLText.identifier($0.name) }.joined(separator: ", ")
    }

    /// The rows of tables that inherit from this one are theirs, those of partitions are its own.
    private var source: String { (table.isPartitioned ? "" : "ONLY ") + table.name.sql }

    /// The condition on lines of its own: a comment at its end hides nothing.
    private var filter: String { condition.map { " WHERE (\n\($0)\n)" } ?? "" }

    /// Refuses what is no condition.
    ///
    /// The server takes one statement only here, a query: so what gets through cannot end the parentheses and go on as another command.
    private func requireCondition(_ connection: PostgresConnection) throws(Fault) {
        guard condition != nil else { return }
        do throws(Fault) {
            _ = try connection.queryBytes("SELECT 1 FROM \(source)\(filter) LIMIT 0")
        } catch  where error.code == .postgresQuery {
            let words = (error.cause as? ServerError)?.message ?? error.message
            let line = words.split(whereSeparator: \.isNewline).first.map { String($0) } ?? words
            throw Fault(
                .invalidValue,
                "unable to use the condition on table '\(table.name)': \(line)",
                hints: ["Write it as it would stand behind WHERE: --where 'id > 100'"]
            )
        }
    }
}
