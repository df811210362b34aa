internal import Model
internal import PostgresWire

/// Counts the sessions of a server that run something, over an SQL connection of its own.
///
/// Sessions of other roles are only seen by a member of `pg_read_all_stats`; without that the count is too low.
final class SessionCount {
    private let settings: PostgresSettings
    private var connection: PostgresConnection?

    init(_ settings: PostgresSettings) { self.settings = settings }

    /// Counts now; the connection is made at the first count.
    ///
    /// - Throws: what connecting and asking throw.
    func now() throws(Fault) -> Int {
        let open: PostgresConnection
        if let connection { open = connection } else { open = try PostgresLink.sql(settings) }
        connection = open
        let rows = try open.query(
            """
            SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity
            WHERE state = 'active' AND backend_type = 'client backend'
              AND application_name <> 'lifeboat'
            """
        )
        return Int((rows.first?.first ?? nil) ?? "") ?? 0
    }

    /// Ends the connection.
    func close() { connection?.close() }
}
