internal import Model
internal import PostgresWire
internal import Vault

/// Writes heartbeats and tells where in the log they are committed.
final class Pulse {
    private let connection: PostgresConnection
    private let heartbeat: Heartbeat

    init(_ connection: PostgresConnection) {
        self.connection = connection
        heartbeat = Heartbeat(connection)
    }

    /// Writes one heartbeat; when this returns it is committed.
    func beat() throws(Fault) -> LogHead.Heartbeat {
        let receipt = try heartbeat.beat()
        // The receipt is where the message ends; the commit follows it. By now it is written, so the present end of the
        // log is behind it.
        let rows = try connection.query("SELECT pg_catalog.pg_current_wal_lsn()")
        guard let text = rows.first?.first ?? nil, let end = LSN(text) else {
            throw Fault(
                .postgresProtocol,
                "unable to read the log position of PostgreSQL '\(connection.target)': it is malformed"
            )
        }
        return LogHead.Heartbeat(time: receipt.payload.at, lsn: end)
    }

    /// Whether commits wait for the receiver of a slot, which is the name that it goes by.
    func isAwaited(_ slot: String) throws(Fault) -> Bool {
        let rows = try connection.query(SynchronousStanding.state, parameters: [slot])
        return rows.contains { SynchronousStanding.isAwaited($0.first ?? nil) }
    }
}
