import Glibc
public import Model

extension PostgresServer {
    /// Waits until SQL answers `t`; blocks the thread.
    ///
    /// - Throws: `E-TEST-POSTGRES` with its log when that does not happen within five minutes.
    public func wait(until sql: String) throws(Fault) {
        let limit = ContinuousClock.now + .seconds(300)
        while try psql(sql) != "t" {
            guard ContinuousClock.now < limit else {
                throw Fault(
                    .testServer,
                    "waited in vain until '\(sql)': \(serverLog.suffix(2_000))"
                )
            }
            usleep(20_000)
        }
    }

    /// Waits until the server takes writes: one that recovers by itself answers before it has ended that.
    ///
    /// - Throws: As ``wait(until:)``.
    public func waitForWrites() throws(Fault) {
        try wait(until: "select not pg_is_in_recovery()")
    }

    /// Drops a replication slot, after the session that holds it has ended.
    ///
    /// A server notices only after a while that a client has gone.
    /// - Throws: `E-TEST-POSTGRES`.
    public func dropSlot(_ name: String) throws(Fault) {
        try psql(
            """
            select pg_terminate_backend(active_pid, 60000) from pg_replication_slots
            where slot_name = '\(name)' and active_pid is not null;
            select pg_drop_replication_slot('\(name)')
            """
        )
    }
}
