public import Model

extension PostgresConnection {
    /// Reads a physical slot by SQL (any supported version); nil when there is none of the name.
    ///
    /// - Throws: As ``query(_:parameters:)``; `E-PG-SLOT` when the slot is a logical one.
    public func replicationSlot(_ name: String) throws(Fault) -> ReplicationSlot? {
        let rows = try query(
            """
            SELECT slot_type, active, restart_lsn, wal_status, safe_wal_size
            FROM pg_catalog.pg_replication_slots WHERE slot_name = $1
            """,
            parameters: [name]
        )
        guard let row = rows.first, row.count == 5 else { return nil }
        guard row[0] == "physical" else {
            throw Fault(
                .postgresSlot,
                "unable to read slot '\(name)': it is a logical one",
                hints: ["Give Lifeboat a slot of its own: `wal: {slot: NAME}`."]
            )
        }
        return ReplicationSlot(
            name: name,
            isActive: row[1] == "t",
            restartPosition: row[2].flatMap { LSN($0) },
            walStatus: row[3].flatMap { ReplicationSlot.WALStatus(rawValue: $0) },
            safeSize: row[4].flatMap { Int64($0) }.map { ByteCount($0) }
        )
    }
}
