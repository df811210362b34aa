internal import Model
internal import PostgresWire

/// Finds in a recovered cluster what a person asks for.
struct ThingFinder {
    let session: ScratchSession

    /// What was found.
    enum Found {
        case table(FoundTable)
        case database(String)
    }

    /// How many names a refusal tells.
    private static let told = 20

    /// Finds it.
    ///
    /// - Throws: `E-DATABASE-NONE`, `E-TABLE-NONE` with what was there instead, or with the databases or schemas that all have it.
    func find(_ thing: PostgresThing) throws(Fault) -> Found {
        let databases = try databases()
        switch thing.subject {
        case .database(let name):
            try require(name, among: databases)
            return .database(name)
        case .table(let name, let database):
            if let database { try require(database, among: databases) }
            return .table(try table(name, in: database.map { [$0] } ?? databases))
        }
    }

    /// The databases that one can connect to; a limit of -2 marks one whose removal has begun (`DATCONNLIMIT_INVALID_DB`).
    private func databases() throws(Fault) -> [String] {
        let connection = try session.connect(to: "template1")
        defer { connection.close() }
        return try connection.query(
            """
            SELECT datname FROM pg_catalog.pg_database
            WHERE datallowconn AND NOT datistemplate AND datconnlimit <> -2
            ORDER BY datname
            """
        ).compactMap { $0.first ?? nil }
    }

    private func require(_ name: String, among databases: [String]) throws(Fault) {
        guard !databases.contains(name) else { return }
        throw Fault(
            .databaseMissing,
            "unable to restore database '\(name)': there was no such database at that moment",
            hints: ["There were: \(Self.list(databases))."]
        )
    }

    private func table(_ name: TableName, in databases: [String]) throws(Fault) -> FoundTable {
        var found: [FoundTable] = []
        var present: [String] = []
        for database in databases {
            let connection = try session.connect(to: database)
            defer { connection.close() }
            _ = try connection.query("SET search_path = pg_catalog")
            for row in try tables(name, connection) {
                found.append(try describe(row, database, connection))
            }
            let names = try neighbours(of: name, connection)
            if !names.isEmpty { present.append("Database \(database) had \(Self.list(names)).") }
        }
        guard let first = found.first else {
            throw Fault(
                .tableMissing,
                "unable to restore table '\(name)': there was no such table at that moment",
                hints: present.isEmpty ? ["There was no table at all."] : present
            )
        }
        guard found.count == 1 else {
            throw Fault(
                .tableMissing,
                "unable to restore table '\(name)': there were \(found.count) of that name",
                hints: found.map {
                    "Name one: --table '\($0.name)' --database '\($0.database)'"
                }
            )
        }
        return first
    }

    private func tables(
        _ name: TableName,
        _ connection: PostgresConnection
    ) throws(Fault) -> [[String?]] {
        try connection.query(
            """
            SELECT c.oid::text, n.nspname::text, c.relname::text, c.relkind::text
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND n.nspname::text !~ '^pg_'
              AND n.nspname::text <> 'information_schema'
              AND c.relname::text = $2 AND ($1::text IS NULL OR n.nspname::text = $1)
            ORDER BY 2
            """,
            parameters: [name.schema, name.table]
        )
    }

    /// The tables that a person may have meant: of the same name but for capitals, of the same schema, any.
    private func neighbours(
        of name: TableName,
        _ connection: PostgresConnection
    ) throws(Fault) -> [String] {
        try connection.query(
            """
            SELECT n.nspname::text, c.relname::text
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND n.nspname::text !~ '^pg_'
              AND n.nspname::text <> 'information_schema'
            ORDER BY lower(c.relname::text) <> lower($2),
              n.nspname::text IS DISTINCT FROM $1::text, 1, 2
            LIMIT \(Self.told + 1)
            """,
            parameters: [name.schema, name.table]
        ).compactMap { row in
            guard row.count == 2, let schema = row[0], let table = row[1] else { return nil }
            return TableName(schema: schema, table: table).description
        }
    }

    private func describe(
        _ row: [String?],
        _ database: String,
        _ connection: PostgresConnection
    ) throws(Fault) -> FoundTable {
        guard row.count == 4, let oid = row[0], let schema = row[1], let table = row[2] else {
            throw Fault(.postgresProtocol, "unable to read a table's name: the answer is malformed")
        }
        let name = TableName(schema: schema, table: table)
        let isPartitioned = row[3] == "p"
        return FoundTable(
            database: database,
            oid: oid,
            name: name,
            isPartitioned: isPartitioned,
            members: isPartitioned ? try partitions(oid, connection) : [name],
            columns: try columns(oid, connection)
        )
    }

    /// A table and all that lies below it.
    private func partitions(
        _ oid: String,
        _ connection: PostgresConnection
    ) throws(Fault) -> [TableName] {
        try connection.query(
            """
            WITH RECURSIVE tree AS (
              SELECT $1::oid AS oid
              UNION SELECT i.inhrelid FROM pg_inherits i JOIN tree ON i.inhparent = tree.oid
            )
            SELECT n.nspname::text, c.relname::text
            FROM tree JOIN pg_class c ON c.oid = tree.oid
            JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p')
            """,
            parameters: [oid]
        ).compactMap { row in
            guard row.count == 2, let schema = row[0], let table = row[1] else { return nil }
            return TableName(schema: schema, table: table)
        }
    }

    private func columns(
        _ oid: String,
        _ connection: PostgresConnection
    ) throws(Fault) -> [FoundTable.Column] {
        try connection.query(
            """
            SELECT a.attname::text, format_type(a.atttypid, a.atttypmod),
              CASE WHEN a.attcollation <> t.typcollation
                THEN quote_ident(n.nspname::text) || '.' || quote_ident(l.collname::text) END,
              a.attnotnull::text, a.attgenerated <> ''
            FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
            LEFT JOIN pg_collation l ON l.oid = a.attcollation
            LEFT JOIN pg_namespace n ON n.oid = l.collnamespace
            WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum
            """,
            parameters: [oid]
        ).compactMap { row in
            guard row.count == 5, let name = row[0], let type = row[1] else { return nil }
            return FoundTable.Column(
                name: name,
                type: type,
                collation: row[2],
                isRequired: row[3] == "true",
                isGenerated: row[4] == "t"
            )
        }
    }

    private static func list(_ names: [String]) -> String {
        let rest = names.count > told ? " and more" : ""
        return names.prefix(told).joined(separator: ", ") + rest
    }
}
