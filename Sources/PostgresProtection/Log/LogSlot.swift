internal import Model
internal import PostgresWire

/// The slot that keeps the server's log for whoever receives it.
struct LogSlot: Sendable {
    /// Its name.
    let name: String
    /// Whether it belongs to another session and ends with it: the log that it keeps is received without naming it.
    let isHeld: Bool

    /// What a stream names.
    var streamed: String? { isHeld ? nil : name }

    /// Where it stands, and whether there is one of the name.
    ///
    /// Before version 15 only SQL tells.
    func position(
        _ session: ReplicationSession,
        _ version: Int,
        _ settings: PostgresSettings
    ) throws(Fault) -> (restart: LSN?, isThere: Bool) {
        if version >= 150_000 {
            let slot = try session.readSlot(name)
            return (slot?.restartPosition, slot != nil)
        }
        let connection = try PostgresLink.sql(settings)
        defer { connection.close() }
        let slot = try connection.replicationSlot(name)
        return (slot?.restartPosition, slot != nil)
    }
}
