internal import Model
internal import PostgresWire

/// Finds out which relation a file belongs to, by asking the database that it is of.
///
/// Where that database lets nobody in, or not this role, the path has to do.
struct RelationNames {
    let settings: PostgresSettings

    /// The names of the relations of some files, in their order: `table public.calls of database app`, or the path.
    func names(of paths: [String]) -> [String] {
        let databases = (try? self.databases()) ?? [:]
        var connections: [UInt32: PostgresConnection?] = [:]
        defer { for connection in connections.values { connection?.close() } }
        return paths.map { path in
            guard let file = RelationFile(path: path) else { return "file \(path)" }
            let known = connections[file.database]
            let connection = known ?? connect(to: databases[file.database])
            connections[file.database] = .some(connection)
            guard let connection, let name = try? name(of: file, connection) else {
                return "file \(path)"
            }
            return file.database == 0 ? name : "\(name) of database \(connection.database)"
        }
    }

    private func databases() throws(Fault) -> [UInt32: String] {
        let connection = try PostgresLink.sql(settings)
        defer { connection.close() }
        var names: [UInt32: String] = [0: connection.database]
        for row in try connection.query("SELECT oid, datname FROM pg_catalog.pg_database") {
            if row.count == 2, let oid = UInt32(row[0] ?? "") { names[oid] = row[1] }
        }
        return names
    }

    private func connect(to database: String?) -> PostgresConnection? {
        guard let database else { return nil }
        var settings = settings
        settings.parameters["dbname"] = database
        return try? PostgresLink.sql(settings)
    }

    /// What kind of relation it is, its name, and for what belongs to a table, that table's.
    private func name(
        of file: RelationFile,
        _ connection: PostgresConnection
    ) throws(Fault) -> String? {
        let rows = try connection.query(
            """
            SELECT CASE c.relkind WHEN 'i' THEN 'index' WHEN 't' THEN 'TOAST table'
                WHEN 'S' THEN 'sequence' WHEN 'm' THEN 'materialized view' ELSE 'table' END,
              n.nspname || '.' || c.relname,
              (SELECT tn.nspname || '.' || t.relname FROM pg_catalog.pg_class t
                JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
                WHERE t.reltoastrelid IN (c.oid,
                  (SELECT i.indrelid FROM pg_catalog.pg_index i WHERE i.indexrelid = c.oid)))
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.oid = pg_catalog.pg_filenode_relation($1::oid, $2::oid)
            """,
            parameters: [String(file.tablespace), String(file.number)]
        )
        guard let row = rows.first, row.count == 3, let kind = row[0], let name = row[1] else {
            return nil
        }
        let fork =
            switch file.fork {
            case .main: ""
            case .freeSpaceMap: "free space map of "
            case .visibilityMap: "visibility map of "
            case .initial: "initial fork of "
            }
        return "\(fork)\(kind) \(name)" + (row[2].map { " of \($0)" } ?? "")
    }
}
