package import Model
package import PostgresWire

/// Looks in the log for a removal that a server on its way to a target must not replay.
///
/// A server that is told a time stops just before the first transaction that ended behind it. What that transaction, or a later one, had
/// removed by then without a way back is gone though it was there at the target: `DROP DATABASE` takes the files first and commits last. So it
/// must stop before the first removal behind the last transaction that belongs to the target. Nothing is lost by that: no transaction ends, and none
/// is prepared, in between.
///
/// See it every record in the order of replay.
package struct EarlyStop {
    private let stop: ReplayStop
    private let isInclusive: Bool
    private let consistent: LSN
    /// The first removal since a transaction ended.
    private var removal: LSN?
    /// Whether the server has stopped by then.
    private var isReached = false

    /// Looks before a moment, or just before the end of a transaction at a position; nil for every other way to stop.
    ///
    /// `consistent`: where the base backup ends. No server stops before that; what was removed there was removed before the target.
    package init?(before stop: ReplayStop, isInclusive: Bool, consistent: LSN) {
        switch stop {
        case .time: break
        case .position where !isInclusive: break
        case .end, .position, .consistent: return nil
        }
        self.stop = stop
        self.isInclusive = isInclusive
        self.consistent = consistent
    }

    /// The removal to stop before; nil when there is none, or when the log ends before the server would stop.
    package var position: LSN? {
        if case .time = stop, !isReached { return nil }
        return removal
    }

    /// Looks at the next record.
    package mutating func see(
        _ record: WALRecord,
        _ references: Span<WALBlockReference>,
        _ mainData: RawSpan,
        _ version: WALVersion
    ) {
        guard !isReached else { return }
        let milestone = WALMilestone(
            record,
            references: references,
            mainData: mainData,
            version: version
        )
        if let milestone { see(milestone, at: record.start) }
    }

    /// Takes what a record is, and where it begins.
    package mutating func see(_ milestone: WALMilestone, at position: LSN) {
        if case .position(let target) = stop, position >= target { isReached = true }
        guard !isReached else { return }
        switch milestone {
        case .ended(let time):
            isReached = isBehind(time)
            if !isReached { removal = nil }
        case .prepared(let time):
            if !isBehind(time) { removal = nil }
        case .removed:
            if position >= consistent { removal = removal ?? position }
        }
    }

    /// Whether a time is behind the target, as the server sees it: in microseconds.
    private func isBehind(_ time: Instant) -> Bool {
        guard case .time(let moment) = stop else { return false }
        let (time, target) = (time.postgresMicroseconds, moment.postgresMicroseconds)
        return isInclusive ? time > target : time >= target
    }
}
