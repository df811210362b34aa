internal import PostgresWire

extension ControlFile {
    /// What a server that reads no configuration must be told to have room for what the cluster holds.
    ///
    /// What the server that wrote the file had room for, and more where that costs nothing: the log may have raised it since.
    var capacities: [(name: String, value: String)] {
        let prepared = max(1000, floors["max_prepared_transactions"] ?? 0)
        let locks = max(64, floors["max_locks_per_transaction"] ?? 0)
        var capacities = [
            ("max_prepared_transactions", String(prepared)),
            ("max_locks_per_transaction", String(locks)), ("max_replication_slots", "1000"),
        ]
        // From version 18 on, the positions of subscriptions are counted apart from slots.
        if version >= 1800 { capacities.append(("max_active_replication_origins", "1000")) }
        return capacities + segmentSize.settings
    }
}
