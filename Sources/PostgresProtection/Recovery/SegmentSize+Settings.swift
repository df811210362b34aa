internal import Model
internal import PostgresWire

extension SegmentSize {
    /// What a server that reads no configuration must be told: with the defaults of its own it does not start on a
    /// cluster of large segments.
    var settings: [(name: String, value: String)] {
        let two = 2 * bytes >> 20
        return [
            ("min_wal_size", "\(max(80, two))MB"), ("max_wal_size", "\(max(1024, two))MB"),
        ]
    }
}
