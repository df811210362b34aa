internal import Model
internal import PostgresWire

/// What a primary says of itself before a standby of it is built.
struct PrimaryLook {
    /// Where it was reached, for messages.
    let target: String
    let systemID: String
    /// Its timeline, with those that it came from.
    let line: TimelineHistory
    /// How far its log is flushed.
    let position: LSN

    /// What came of asking.
    enum Answer {
        case look(PrimaryLook)
        /// It cannot be reached; why, in words.
        case absent(String)
    }

    /// Asks a primary; that it cannot be reached is an answer.
    ///
    /// - Throws: `E-PG-AUTH`, `E-PG-HBA`, `E-PG-ROLE` and the like: then it is there and refuses.
    static func ask(_ address: PrimaryAddress, clock: any Timekeeper) throws(Fault) -> Answer {
        let connection: PostgresConnection
        do throws(Fault) { connection = try address.connect() } catch
            where error.code == .postgresUnreachable
        {
            return .absent(error.message)
        }
        defer { connection.close() }
        let session = ReplicationSession(connection, timekeeper: clock)
        let identity = try session.identifySystem()
        var line = TimelineHistory(root: identity.timeline)
        if let history = try session.timelineHistory(identity.timeline) {
            line = try TimelineHistory(timeline: identity.timeline, parsing: history.bytes)
        }
        return .look(
            PrimaryLook(
                target: connection.target,
                systemID: String(identity.systemIdentifier),
                line: line,
                position: identity.position
            )
        )
    }

    /// How far a log on a timeline is this server's own history; nil when that timeline is none of its line.
    func limit(on timeline: UInt32) -> LSN? {
        timeline == line.timeline ? position : line.switchPoint(of: timeline)
    }
}
