internal import Model
internal import PostgresWire

extension ReplicationSession {
    /// A timeline with those that the server came from, by its own history.
    ///
    /// - Throws: what asking throws, and `E-PG-FORMAT` when the history is none.
    func history(of timeline: UInt32) throws(Fault) -> TimelineHistory {
        guard let history = try timelineHistory(timeline) else {
            return TimelineHistory(root: timeline)
        }
        return try TimelineHistory(timeline: timeline, parsing: history.bytes)
    }
}
