internal import Model
internal import PostgresWire

/// Connections to the server of a component.
enum PostgresLink {
    /// An SQL connection.
    static func sql(
        _ settings: PostgresSettings,
        timeout: Duration = .seconds(15)
    ) throws(Fault) -> PostgresConnection {
        try PostgresConnection.connect(
            parameters: settings.parameters,
            dsn: settings.dsn,
            timeout: timeout
        )
    }

    /// A physical replication connection.
    static func replication(_ settings: PostgresSettings) throws(Fault) -> PostgresConnection {
        try PostgresConnection.connect(
            parameters: settings.parameters,
            dsn: settings.dsn,
            replication: .physical,
            applicationName: settings.slot ?? "lifeboat"
        )
    }

    /// The size of WAL segments, asked over a replication connection.
    static func segmentSize(_ session: ReplicationSession) throws(Fault) -> SegmentSize {
        let text = try session.show("wal_segment_size")
        let units: [(String, UInt64)] = [
            ("kB", 1 << 10), ("MB", 1 << 20), ("GB", 1 << 30), ("B", 1),
        ]
        for (unit, factor) in units where text.hasSuffix(unit) {
            if let number = UInt64(text.dropLast(unit.count)),
                let size = SegmentSize(bytes: number &* factor)
            {
                return size
            }
        }
        throw Fault(.postgresProtocol, "unable to read the segment size: '\(text)' is none")
    }
}
