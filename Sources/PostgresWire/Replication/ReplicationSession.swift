public import Model

/// A physical replication connection: its commands, and the stream of WAL.
///
/// Used by one task at a time; waits as ``PostgresConnection`` does. While it streams only
/// ``nextMessage(waitingUpTo:)``, ``sendStatus(written:flushed:applied:replyRequested:)`` and
/// ``stopReplication()`` may be called.
public final class ReplicationSession {
    enum State {
        case idle
        case streaming
        /// The server answered the start with the end of the timeline.
        case ended(ReplicationMessage)
    }

    /// The connection underneath.
    public let connection: PostgresConnection
    let timekeeper: any Timekeeper
    var state = State.idle

    /// Takes over a connection made with ``PostgresConnection/Replication/physical``.
    public init(_ connection: PostgresConnection, timekeeper: any Timekeeper) {
        self.connection = connection
        self.timekeeper = timekeeper
    }

    /// Asks who the server is.
    ///
    /// - Throws: `E-PG-UNREACHABLE`, `E-PG-PROTOCOL`, `E-CANCELLED`.
    public func identifySystem() throws(Fault) -> SystemIdentity {
        let attempt = "unable to identify PostgreSQL '\(connection.target)'"
        let row = try row(of: "IDENTIFY_SYSTEM", attempt, columns: 3)
        guard let system = UInt64(row[0] ?? ""), let timeline = UInt32(row[1] ?? ""),
            let position = LSN(row[2] ?? "")
        else { throw Fault(.postgresProtocol, "\(attempt): the answer is malformed") }
        return SystemIdentity(
            systemIdentifier: system,
            timeline: timeline,
            position: position
        )
    }

    /// Reads a setting of the server, such as `wal_segment_size` with its unit.
    ///
    /// - Throws: `E-VALUE` when the name is not one, `E-PG-QUERY` when there is no such setting.
    public func show(_ setting: String) throws(Fault) -> String {
        guard setting.utf8.allSatisfy({ Self.isWord($0) || $0 == UInt8(ascii: ".") }) else {
            throw Fault(.invalidValue, "unable to read setting '\(setting)': it is not a name")
        }
        let attempt = "unable to read setting '\(setting)' of PostgreSQL '\(connection.target)'"
        return try row(of: "SHOW \(setting)", attempt, columns: 1)[0] ?? ""
    }

    /// Fetches the history file of a timeline; nil for timeline 1, which has none.
    ///
    /// - Throws: `E-PG-QUERY` when the server does not have it.
    public func timelineHistory(
        _ timeline: UInt32
    ) throws(Fault) -> (name: String, bytes: [UInt8])? {
        guard timeline > 1 else { return nil }
        let attempt =
            "unable to read timeline history '\(TimelineHistory.fileName(timeline))'"
            + " from PostgreSQL '\(connection.target)'"
        let results = try connection.execute("TIMELINE_HISTORY \(timeline)", attempt: attempt)
        guard let result = results.first, let name = result.text(row: 0, column: 0),
            TimelineHistory.timeline(fileName: name) == timeline,
            let bytes = result.bytes(row: 0, column: 1)
        else { throw Fault(.postgresProtocol, "\(attempt): the answer is malformed") }
        return (name, bytes)
    }

    /// Runs a command that answers one row.
    func row(of command: String, _ attempt: String, columns: Int) throws(Fault) -> [String?] {
        guard case .idle = state else { preconditionFailure("the session streams") }
        let rows = try connection.execute(command, attempt: attempt).first?.textRows ?? []
        guard rows.count == 1, rows[0].count >= columns else {
            throw Fault(.postgresProtocol, "\(attempt): the answer is malformed")
        }
        return rows[0]
    }

    static func isWord(_ byte: UInt8) -> Bool {
        (97...122).contains(byte) || (48...57).contains(byte) || byte == UInt8(ascii: "_")
    }
}
