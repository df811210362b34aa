internal import Model
internal import PostgresWire
internal import Sealing
internal import Vault

/// How far the vault's log takes one base on one timeline: the path, the end, and the newest known transaction.
struct LogReach {
    /// The timelines, in order.
    let path: TimelinePath
    /// The first position that the log lacks, on the last timeline.
    let end: LSN
    /// The newest transaction known to be before ``end``; nil without heartbeats.
    let heartbeat: LogHead.Heartbeat?
    /// The server's clock when the last piece was sent.
    let serverTime: Instant
    /// The first moment known to belong to the last timeline alone; nil when that is the base's own.
    let begin: Instant?

    /// Where the last timeline left the one before it; nil when it is the base's own.
    var switchPoint: LSN? { path.stretches.dropLast().last?.to }
    /// The newest moment that the log is known to reach.
    var until: Instant { heartbeat?.time ?? serverTime }

    /// Follows the log from a base as far as it goes, on each timeline that descends from the base's own, the newest one first.
    ///
    /// - Throws: `E-LOG-GAP` when the log does not even reach the base's stop position, and what reading throws.
    static func all(
        _ base: BaseRecord,
        log: LogReader,
        identities: [AgeIdentity]
    ) async throws(Fault) -> [LogReach] {
        var reaches: [LogReach] = []
        for timeline in Set(log.pieces.map(\.epoch)).sorted(by: >) where timeline >= base.timeline {
            guard let path = try await path(to: timeline, base, log, identities),
                let end = end(of: path, log: log),
                end >= base.stop || path.stretches.count > 1
            else { continue }
            reaches.append(try await LogReach(path, end: end, log: log, base: base))
        }
        guard reaches.isEmpty else { return reaches }
        throw Fault(
            .logGap,
            "unable to use the base backup of \(base.consistent): the log that it needs is not in the vault",
            hints: ["Choose another point, or take a new base backup with `lifeboat backup`."]
        )
    }

    private init(
        _ path: TimelinePath,
        end: LSN,
        log: LogReader,
        base: BaseRecord
    ) async throws(Fault) {
        self.path = path
        self.end = end
        (heartbeat, serverTime) = try await Self.newest(path.last, end: end, log: log, base: base)
        begin = try await Self.begin(path, log: log)
    }

    private static func path(
        to timeline: UInt32,
        _ base: BaseRecord,
        _ log: LogReader,
        _ identities: [AgeIdentity]
    ) async throws(Fault) -> TimelinePath? {
        let history: TimelineHistory
        if timeline == base.timeline, log.histories[timeline] == nil {
            history = TimelineHistory(root: timeline)
        } else {
            guard log.histories[timeline] != nil else { return nil }
            let bytes = try await log.history(epoch: timeline, identities: identities)
            history = try TimelineHistory(timeline: timeline, parsing: bytes)
        }
        return TimelinePath(from: base.timeline, at: base.start, to: history)
    }

    /// The end of the covered log on the path; nil when a stretch has a gap.
    private static func end(of path: TimelinePath, log: LogReader) -> LSN? {
        for stretch in path.stretches {
            let reach = log.coverage(epoch: stretch.timeline).reach(from: stretch.from.value)
            guard let reach else { return nil }
            guard let to = stretch.to else { return LSN(reach) }
            guard reach >= to.value else { return nil }
        }
        return nil
    }

    /// The newest transaction known to be before a position of a timeline, and the server's clock when that was sent.
    static func newest(
        _ timeline: UInt32,
        end: LSN,
        log: LogReader,
        base: BaseRecord
    ) async throws(Fault) -> (LogHead.Heartbeat?, Instant) {
        let pieces = log.pieces.filter { $0.epoch == timeline && $0.to <= end.value }
            .sorted { $0.to > $1.to }
        var time = base.consistent
        for (number, piece) in pieces.prefix(64).enumerated() {
            let head = try await log.head(of: piece)
            if number == 0 { time = head.time }
            if let heartbeat = head.heartbeat, heartbeat.lsn <= end { return (heartbeat, time) }
        }
        return (nil, time)
    }

    /// The time of the first heartbeat on the last timeline, else of its first piece: the server was promoted before.
    private static func begin(_ path: TimelinePath, log: LogReader) async throws(Fault) -> Instant?
    {
        guard path.stretches.count > 1, let start = path.stretches.last?.from else { return nil }
        let pieces = log.pieces.filter { $0.epoch == path.last && $0.to > start.value }
            .sorted { $0.to < $1.to }
        var first: Instant?
        for piece in pieces.prefix(64) {
            let head = try await log.head(of: piece)
            first = first ?? head.time
            // The one that a piece names may be older than the timeline.
            if let heartbeat = head.heartbeat, heartbeat.lsn > start { return heartbeat.time }
        }
        return first
    }

    /// The moments that can be reached with a base; nil when no time is known to lie in the log.
    func window(of base: BaseRecord) -> RecoverableWindow? {
        guard let heartbeat, heartbeat.time >= base.consistent else { return nil }
        return RecoverableWindow(from: base.consistent, until: heartbeat.time)
    }

    /// The time of the newest heartbeat at or before a position; nil when none is known.
    func moment(before position: LSN, log: LogReader) async throws(Fault) -> Instant? {
        let stretch = path.stretches.last { $0.from <= position }
        let pieces = log.pieces
            .filter { $0.epoch == stretch?.timeline && $0.from <= position.value }
            .sorted { $0.to < $1.to }
        // A piece names the newest heartbeat inside or before it, so they rise from piece to piece.
        var found: Instant?
        var low = 0
        var high = pieces.count
        while low < high {
            let middle = (low + high) / 2
            let heartbeat = try await log.head(of: pieces[middle]).heartbeat
            if let heartbeat, heartbeat.lsn > position {
                high = middle
            } else {
                found = heartbeat?.time ?? found
                low = middle + 1
            }
        }
        return found
    }

    /// The first stored position behind which a transaction later than `moment` is known to lie: replay to a time needs
    /// no more log than that.
    func end(for moment: Instant, log: LogReader) async throws(Fault) -> LSN {
        let pieces = log.pieces.filter { $0.epoch == path.last && $0.to <= end.value }
            .sorted { $0.to < $1.to }
        var low = 0
        var high = pieces.count
        while low < high {
            let middle = (low + high) / 2
            let head = try await log.head(of: pieces[middle])
            if let heartbeat = head.heartbeat, heartbeat.time > moment {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return low < pieces.count ? LSN(pieces[low].to) : end
    }
}
