public import Model

/// Writes small transactional records into the log, so that every second of an idle database is a
/// legal recovery target and the distance between the database and its copies can be measured.
///
/// Uses an SQL connection of its own; one task at a time. The commits do not wait for synchronous
/// standbys.
public final class Heartbeat {
    /// A heartbeat that is committed.
    public struct Receipt: Sendable, Hashable {
        /// Where the record ends; its commit follows right after.
        public let position: LSN
        /// What was written.
        public let payload: HeartbeatPayload
    }

    /// The prefix of the records, as `pg_waldump` shows it.
    public static let prefix = "lifeboat"
    /// How many tables one heartbeat counts at most.
    public static let tableLimit = 200

    private let connection: PostgresConnection
    private var isPrepared = false

    /// Takes over an SQL connection to the database whose tables are counted.
    public init(_ connection: PostgresConnection) { self.connection = connection }

    /// Writes one heartbeat.
    ///
    /// - Throws: `E-PG-QUERY` on a standby, otherwise as
    ///   ``PostgresConnection/query(_:parameters:)``.
    public func beat() throws(Fault) -> Receipt {
        if !isPrepared {
            _ = try connection.query("SET synchronous_commit = local")
            isPrepared = true
        }
        let payload = try readPayload()
        let rows = try connection.query(
            "SELECT pg_catalog.pg_logical_emit_message(true, $1, $2)",
            parameters: [Self.prefix, payload.json]
        )
        guard let position = LSN((rows.first?.first ?? nil) ?? "") else { throw malformed }
        return Receipt(position: position, payload: payload)
    }

    private func readPayload() throws(Fault) -> HeartbeatPayload {
        let rows = try connection.query(
            """
            SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000000)::bigint,
              t.name, t.inserted, t.deleted
            FROM (SELECT 1) one LEFT JOIN LATERAL (
              SELECT schemaname || '.' || relname AS name,
                n_tup_ins AS inserted, n_tup_del AS deleted
              FROM pg_catalog.pg_stat_user_tables
              ORDER BY n_tup_ins + n_tup_del DESC, relid LIMIT \(Self.tableLimit)) t ON true
            """
        )
        guard let time = Int64((rows.first?.first ?? nil) ?? "") else { throw malformed }
        let tables = rows.compactMap { row -> HeartbeatPayload.Table? in
            guard row.count == 4, let name = row[1], let inserted = Int64(row[2] ?? ""),
                let deleted = Int64(row[3] ?? "")
            else { return nil }
            return HeartbeatPayload.Table(name: name, inserted: inserted, deleted: deleted)
        }
        return HeartbeatPayload(
            at: Instant(postgresMicroseconds: time - 946_684_800_000_000),
            database: connection.database,
            tables: tables
        )
    }

    private var malformed: Fault {
        Fault(
            .postgresProtocol,
            "unable to write heartbeat to PostgreSQL '\(connection.target)': an answer is malformed"
        )
    }
}
