internal import Model
internal import PostgresWire
internal import Protection
internal import SystemIO

/// Finds out whether a server still has its log from a place on, by asking for it.
enum LogProbe {
    /// How long a server may take to begin to hand it out.
    private static let patience = Duration.seconds(60)

    /// Asks over a connection of its own, which is of no further use then.
    ///
    /// Only the log itself is an answer: a server says first that it is there, and looks for the log behind that.
    ///
    /// - Throws: `E-PG-UNREACHABLE` when it does not say, `E-CANCELLED`; any other fault is why it does not hand it out.
    static func ask(_ session: ReplicationSession, for place: LogPlace) throws(Fault) {
        let end = try session.identifySystem()
        try session.startReplication(slot: nil, from: place.position, timeline: place.timeline)
        // Where its log ends there is nothing to hand out yet, and it writes on from there.
        guard end.timeline != place.timeline || place.position < end.position else { return }
        let timepiece = Timepiece(ContinuousClock())
        while timepiece.passed() < patience {
            let left = patience - timepiece.passed()
            switch try session.nextMessage(waitingUpTo: max(left, .zero)) {
            case .wal, .endOfTimeline: return
            case .keepalive, nil: continue
            }
        }
        throw Fault(
            .postgresUnreachable,
            "unable to ask PostgreSQL for its log from \(place.position): it does not answer within \(patience.components.seconds) s",
            hints: ["Look at its load and its log, then run the same command again."]
        )
    }
}
