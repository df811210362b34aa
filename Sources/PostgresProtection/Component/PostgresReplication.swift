public import Model
internal import PostgresWire

/// What a server tells of those that follow it, of the log that it keeps for them, and of its archiver.
public struct PostgresReplication: Sendable {
    /// A server that follows this one, or this one itself where it is a standby.
    public struct Follower: Sendable, Hashable {
        /// Its name; nil for this server itself.
        public let name: String?
        /// Whether it receives the log.
        public let isStreaming: Bool
        /// How much log it has not replayed; nil when the role may not see it.
        public let lag: ByteCount?
        /// How long ago what it replayed last was written, while it lags; nil when that is not known.
        public let delay: Duration?
    }

    /// A replication slot.
    public struct Slot: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// Whether somebody uses it.
        public let isActive: Bool
        /// Whether the log that it should keep is gone.
        public let isLost: Bool
        /// How much log it keeps.
        public let kept: ByteCount
    }

    /// The servers that follow, Lifeboat itself left out.
    public let followers: [Follower]
    /// The slots, but for the one that the settings name.
    public let slots: [Slot]
    /// The file that the archiver fails to archive; nil when it does not fail.
    public let failedFile: String?
    /// How often it has failed since its counters were reset.
    public let failures: Int64

    /// Asks a server over an SQL connection; changes nothing.
    ///
    /// - Throws: `E-PG-…` when it cannot be reached within `timeout`, or refuses.
    public init(_ settings: PostgresSettings, timeout: Duration = .seconds(15)) throws(Fault) {
        let connection = try PostgresLink.sql(settings, timeout: timeout)
        defer { connection.close() }
        followers =
            try Self.standbys(connection, but: settings.slot ?? "lifeboat")
            + Self.itself(connection)
        slots = try Self.slots(connection, but: settings.slot)
        (failedFile, failures) = try Self.archiver(connection)
    }

    private static let position = """
        CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_receive_lsn()
        ELSE pg_catalog.pg_current_wal_lsn() END
        """

    private static func standbys(
        _ connection: PostgresConnection,
        but own: String
    ) throws(Fault) -> [Follower] {
        try connection.query(
            """
            SELECT application_name, state, pg_catalog.pg_wal_lsn_diff(\(position), replay_lsn)::bigint,
              (extract(epoch FROM replay_lag) * 1000)::bigint
            FROM pg_catalog.pg_stat_replication
            WHERE state IS DISTINCT FROM 'backup' AND application_name IS DISTINCT FROM $1
            ORDER BY 1
            """,
            parameters: [own]
        )
        .map { row in
            Follower(
                name: row[0] ?? "",
                isStreaming: row[1].map { $0 == "streaming" } ?? true,
                lag: row[2].flatMap { Int64($0) }.map { ByteCount(max(0, $0)) },
                delay: row[3].flatMap { Int64($0) }.map { .milliseconds($0) }
            )
        }
    }

    /// This server as a standby; none when it is a primary.
    private static func itself(_ connection: PostgresConnection) throws(Fault) -> [Follower] {
        try connection.query(
            """
            SELECT (SELECT count(*) FROM pg_catalog.pg_stat_wal_receiver),
              pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_last_wal_receive_lsn(), pg_catalog.pg_last_wal_replay_lsn())::bigint,
              (extract(epoch FROM pg_catalog.now() - pg_catalog.pg_last_xact_replay_timestamp()) * 1000)::bigint
            WHERE pg_catalog.pg_is_in_recovery()
            """
        )
        .map { row in
            let lag = row[1].flatMap { Int64($0) }.map { ByteCount(max(0, $0)) }
            return Follower(
                name: nil,
                isStreaming: row[0] != "0",
                lag: lag,
                // One that has replayed everything does not lag, however long ago that was.
                delay: lag == .zero ? nil : row[2].flatMap { Int64($0) }.map { .milliseconds($0) }
            )
        }
    }

    private static func slots(
        _ connection: PostgresConnection,
        but own: String?
    ) throws(Fault) -> [Slot] {
        try connection.query(
            """
            SELECT slot_name, active, wal_status, pg_catalog.pg_wal_lsn_diff(\(position), restart_lsn)::bigint
            FROM pg_catalog.pg_replication_slots
            WHERE (restart_lsn IS NOT NULL OR wal_status = 'lost') AND slot_name IS DISTINCT FROM $1
            ORDER BY 1
            """,
            parameters: [own]
        )
        .map { row in
            Slot(
                name: row[0] ?? "",
                isActive: row[1] == "t",
                isLost: row[2] == "lost",
                kept: ByteCount(max(0, row[3].flatMap { Int64($0) } ?? 0))
            )
        }
    }

    private static func archiver(
        _ connection: PostgresConnection
    ) throws(Fault) -> (String?, Int64) {
        let rows = try connection.query(
            """
            SELECT last_failed_wal, failed_count FROM pg_catalog.pg_stat_archiver
            WHERE pg_catalog.current_setting('archive_mode') <> 'off' AND failed_count > 0
              AND last_failed_time >= coalesce(last_archived_time, '-infinity')
            """
        )
        guard let row = rows.first, row.count == 2 else { return (nil, 0) }
        return (row[0] ?? "", row[1].flatMap { Int64($0) } ?? 0)
    }
}
