public import Model
internal import PostgresWire
public import Protection
public import Vault

extension PostgresComponent {
    /// How far a log takes a base backup; nil for the snapshot of any other kind.
    ///
    /// Which timeline came from which is known for certain only with a key; where the names of the pieces leave it open, the log
    /// counts as not leading there.
    ///
    /// - Throws: what the store throws; a piece whose head is damaged only says nothing about time.
    public static func standing(
        of snapshot: Snapshot,
        log: LogReader
    ) async throws(Fault) -> LogStanding? {
        guard snapshot.head.kind == .postgresql, let base = try? BaseRecord(snapshot) else {
            return nil
        }
        let epochs = Set(log.pieces.map(\.epoch)).sorted()
        let (timeline, end) = Self.follow(base, log, epochs)
        let last = epochs.last.flatMap { log.coverage(epoch: $0).ranges.last?.upperBound }
        var until: Instant?
        do throws(Fault) {
            until = try await LogReach.newest(timeline, end: end, log: log, base: base).0?.time
        } catch  where error.code.disposition == .corrupt {
            // `check` is what reports damage.
            until = nil
        }
        return LogStanding(
            .postgresql,
            epoch: timeline,
            end: end,
            until: until,
            isWhole: end >= base.stop && epochs.last.map { $0 <= timeline } ?? false
                && end.value >= last ?? 0
        )
    }

    /// Follows the log from a base over each timeline that certainly began behind it, where what came before is there.
    ///
    /// The log of a timeline begins with the segment in which it left the one before it. Where the one before goes on for more
    /// than that segment, the new one may as well have been received too late, from the middle, which only its sealed history tells.
    private static func follow(
        _ base: BaseRecord,
        _ log: LogReader,
        _ epochs: [UInt32]
    ) -> (UInt32, LSN) {
        var timeline = base.timeline
        guard var end = log.coverage(epoch: timeline).reach(from: base.start.value),
            end >= base.stop.value
        else { return (timeline, base.start) }
        for epoch in epochs where epoch > timeline {
            let coverage = log.coverage(epoch: epoch)
            guard let first = coverage.ranges.first?.lowerBound, first >= base.stop.value,
                first <= end, end - first <= base.segmentSize.bytes,
                let reach = coverage.reach(from: first)
            else { break }
            timeline = epoch
            end = reach
        }
        return (timeline, LSN(end))
    }
}
