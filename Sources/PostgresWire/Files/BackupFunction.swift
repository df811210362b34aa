public import Model

/// The functions that a backup over SQL connections needs; the server grants none of them to everybody.
public enum BackupFunction: Sendable, CaseIterable {
    /// Begins a low-level backup.
    case start
    /// Ends it.
    case stop
    /// Lists a directory.
    case list
    /// Tells size and time of a file.
    case stat
    /// Reads a stretch of a file.
    case read

    /// What direct reads of the data directory need.
    public static let forDirectReads: [BackupFunction] = [.start, .stop]

    /// The function with its argument types, as `GRANT` wants it, in a version of the server.
    public func signature(version: Int) -> String {
        switch self {
        case .start where version < 150_000: "pg_catalog.pg_start_backup(text, boolean, boolean)"
        case .stop where version < 150_000: "pg_catalog.pg_stop_backup(boolean, boolean)"
        case .start: "pg_catalog.pg_backup_start(text, boolean)"
        case .stop: "pg_catalog.pg_backup_stop(boolean)"
        case .list: "pg_catalog.pg_ls_dir(text, boolean, boolean)"
        case .stat: "pg_catalog.pg_stat_file(text, boolean)"
        case .read: "pg_catalog.pg_read_binary_file(text, bigint, bigint, boolean)"
        }
    }

    /// The function's name in a version of the server, for messages.
    public func name(version: Int) -> String {
        String(signature(version: version).dropFirst("pg_catalog.".count).prefix { $0 != "(" })
    }

    /// The functions among `wanted` that the connection's role may not execute in its database.
    ///
    /// - Throws: As ``PostgresConnection/query(_:parameters:)``.
    public static func missing(
        among wanted: [BackupFunction] = allCases,
        _ connection: PostgresConnection
    ) throws(Fault) -> [BackupFunction] {
        var missing: [BackupFunction] = []
        for function in wanted {
            let rows = try connection.query(
                "SELECT pg_catalog.has_function_privilege($1, 'EXECUTE')",
                parameters: [function.signature(version: connection.serverVersion)]
            )
            if rows.first?.first != "t" { missing.append(function) }
        }
        return missing
    }
}
