public import Model

/// What a backup needs to know about a cluster, read in one go.
public struct ServerFacts: Sendable, Hashable {
    /// The version as a number, 150020 for 15.20.
    public let version: Int
    /// The data directory on the server's host; nil when the role may not see it
    /// (`pg_read_all_settings`).
    public let dataDirectory: String?
    /// The identity of the cluster.
    public let systemIdentifier: UInt64
    /// The layout of the system catalogs; with the major version it names the directory inside a
    /// tablespace.
    public let catalogVersion: UInt32
    /// The size of WAL segments.
    public let segmentSize: SegmentSize
    /// The size of data pages.
    public let blockSize: Int
    /// Whether data pages carry checksums.
    public let hasDataChecksums: Bool
    /// Whether the server is a standby or recovers.
    public let isInRecovery: Bool
    /// How far the log is written; on a standby, how far it is replayed.
    public let position: LSN
    /// The timeline: of the current segment, on a standby of the last restart point.
    public let timeline: UInt32
    /// `wal_level`; `minimal` cannot be backed up.
    public let walLevel: String
    /// Whether the first change of a page after a checkpoint logs the whole page; a standby's
    /// backup needs it.
    public let fullPageWrites: Bool
    /// When the server started, by its clock.
    public let started: Instant
    /// Tablespaces outside the data directory.
    public let tablespaces: [Tablespace]
    /// Every database with its encoding, by name.
    public let databaseEncodings: [String: String]

    /// The directory of this version inside every tablespace, such as `PG_15_202209061`.
    public var tablespaceDirectory: String { "PG_\(version / 10_000)_\(catalogVersion)" }

    /// Asks a server over an SQL connection.
    ///
    /// - Throws: As ``PostgresConnection/query(_:parameters:)``; `E-PG-PROTOCOL` when an answer is
    ///   malformed.
    public static func read(_ connection: PostgresConnection) throws(Fault) -> ServerFacts {
        let rows = try connection.query(Self.sql)
        let tablespaces = try connection.query(
            """
            SELECT oid, spcname, pg_catalog.pg_tablespace_location(oid)
            FROM pg_catalog.pg_tablespace ORDER BY oid
            """
        )
        let databases = try connection.query(
            """
            SELECT datname, pg_catalog.pg_encoding_to_char(encoding) FROM pg_catalog.pg_database
            """
        )
        guard let row = rows.first, row.count == 12 else { throw malformed(connection) }
        var encodings: [String: String] = [:]
        for case let database in databases where database.count == 2 {
            encodings[database[0] ?? ""] = database[1]
        }
        guard let facts = ServerFacts(row, connection.serverVersion, tablespaces, encodings) else {
            throw malformed(connection)
        }
        return facts
    }

    private init?(
        _ row: [String?],
        _ version: Int,
        _ tablespaces: [[String?]],
        _ encodings: [String: String]
    ) {
        let text = row.map { $0 ?? "" }
        guard let system = UInt64(text[1]), let catalog = UInt32(text[2]),
            let bytes = UInt64(text[3]), let size = SegmentSize(bytes: bytes),
            let blockSize = Int(text[4]), let position = LSN(text[7]),
            let timeline = UInt32(text[8], radix: 16), let started = Int64(text[11])
        else { return nil }
        self.version = version
        dataDirectory = row[0]
        systemIdentifier = system
        catalogVersion = catalog
        segmentSize = size
        self.blockSize = blockSize
        hasDataChecksums = text[5] == "on"
        isInRecovery = text[6] == "t"
        self.position = position
        self.timeline = timeline
        walLevel = text[9]
        fullPageWrites = text[10] == "on"
        self.started = Instant(nanoseconds: started &* 1000)
        databaseEncodings = encodings
        self.tablespaces = tablespaces.compactMap { row in
            guard row.count == 3, let oid = UInt32(row[0] ?? ""), let location = row[2],
                !location.isEmpty
            else { return nil }
            return Tablespace(oid: oid, name: row[1], location: location)
        }
    }

    private static func malformed(_ connection: PostgresConnection) -> Fault {
        Fault(
            .postgresProtocol,
            "unable to read facts of PostgreSQL '\(connection.target)': an answer is malformed"
        )
    }

    /// One row; the timeline is hexadecimal, as segment names carry it.
    private static let sql = """
        SELECT (SELECT setting FROM pg_catalog.pg_settings WHERE name = 'data_directory'),
          s.system_identifier::text, s.catalog_version_no::text,
          (SELECT pg_catalog.pg_size_bytes(pg_catalog.current_setting('wal_segment_size'))),
          pg_catalog.current_setting('block_size'), pg_catalog.current_setting('data_checksums'),
          r.recovery,
          CASE WHEN r.recovery THEN pg_catalog.pg_last_wal_replay_lsn()
            ELSE pg_catalog.pg_current_wal_lsn() END,
          CASE WHEN r.recovery
            THEN (SELECT pg_catalog.to_hex(timeline_id) FROM pg_catalog.pg_control_checkpoint())
            ELSE pg_catalog.left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8)
          END,
          pg_catalog.current_setting('wal_level'), pg_catalog.current_setting('full_page_writes'),
          (extract(epoch FROM pg_catalog.pg_postmaster_start_time()) * 1000000)::bigint
        FROM pg_catalog.pg_control_system() s,
          (SELECT pg_catalog.pg_is_in_recovery() AS recovery) r
        """
}
