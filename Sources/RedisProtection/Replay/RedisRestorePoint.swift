internal import Model
internal import Protection
internal import RedisWire
internal import Vault

/// What a restore begins with, and how far the log is replayed on it.
struct RedisRestorePoint {
    /// A server says at least every ten seconds that it is there (`repl-ping-replica-period`); when it was not heard for longer, it was
    /// not listened to.
    private static let longestSilence = Duration.seconds(15)

    /// The snapshot.
    let snapshot: Snapshot
    /// The moment that what comes back stands for.
    let moment: Instant
    /// The commands that are replayed; nil when there are none.
    let stretch: RedisLogStretch?
    /// What a person should know of it, each a line.
    let lines: [String]

    private init(
        _ snapshot: Snapshot,
        at moment: Instant? = nil,
        _ stretch: RedisLogStretch? = nil,
        lines: [String] = []
    ) {
        self.snapshot = snapshot
        self.moment = moment ?? snapshot.head.time
        self.stretch = stretch
        self.lines = lines
    }

    /// Finds it.
    ///
    /// Without a log, and before the first moment of one, it is the newest snapshot at or before the target. A snapshot that a person
    /// named comes back as it is.
    ///
    /// - Throws: `E-TARGET-WINDOW` when the target lies in a gap of the log or behind its end, naming what can be reached; `E-SNAPSHOT-NONE`,
    ///   `E-TARGET-LOG`, and what reading the vault throws.
    static func choose(for request: RestoreRequest) async throws(Fault) -> RedisRestorePoint {
        guard request.only == nil else {
            return Self(try await SnapshotChoice.newest(for: request))
        }
        let log = try await LogReader(request.vault, stream: request.stream)
        switch request.target {
        case .latest: return try await latest(request, log)
        case .time(let moment) where !log.pieces.isEmpty:
            return try await point(at: moment, request, log)
        default: return Self(try await SnapshotChoice.newest(for: request))
        }
    }

    /// The newest snapshot, and all log that leads on from it.
    private static func latest(
        _ request: RestoreRequest,
        _ log: LogReader
    ) async throws(Fault) -> RedisRestorePoint {
        let snapshot = try await SnapshotChoice.newest(for: request)
        guard !log.pieces.isEmpty else { return Self(snapshot) }
        guard let base = RedisLogBase(snapshot),
            let reach = try await RedisLogReach(base, in: log)
        else {
            return Self(
                snapshot,
                lines: [
                    "careful: no log leads on from it, what was written later does not come back"
                ]
            )
        }
        let until = reach.window.until
        let lines =
            reach.isWhole(log)
            ? []
            : [
                "careful: log of later is there and nothing leads to it: what was written after \(until) does not come back"
            ]
        return Self(reach, at: until, to: reach.last, lines)
    }

    private init(
        _ reach: RedisLogReach,
        at moment: Instant,
        to mark: RedisLogMark,
        _ lines: [String]
    ) {
        let from = reach.base.place.offset
        let stretch =
            mark.offset > from
            ? RedisLogStretch(epoch: reach.epoch, positions: from..<mark.offset) : nil
        self.init(reach.base.snapshot, at: moment, stretch, lines: lines)
    }

    /// A moment inside the reach of a snapshot.
    ///
    /// What was received only after an interruption came at some time in it, nobody knows when: it counts as written at the end.
    private init(_ reach: RedisLogReach, at moment: Instant, _ place: RedisLogReach.Place) {
        let mark = place.mark
        guard let next = place.next, next.time - mark.time > Self.longestSilence,
            moment - mark.time > .seconds(1)
        else {
            self.init(reach, at: moment, to: mark, [])
            return
        }
        self.init(
            reach,
            at: max(mark.time, reach.window.from),
            to: mark,
            [
                "careful: nothing was received between \(mark.time) and \(next.time): what was written in that time comes back only with a moment from its end on"
            ]
        )
    }

    private static func point(
        at moment: Instant,
        _ request: RestoreRequest,
        _ log: LogReader
    ) async throws(Fault) -> RedisRestorePoint {
        let list = try await request.vault.snapshots(of: request.stream)
        let bases = list.snapshots.compactMap { RedisLogBase($0) }
            .sorted { $0.snapshot.id.seq > $1.snapshot.id.seq }
        var windows: [RecoverableWindow] = []
        for base in bases where base.snapshot.head.time <= moment {
            guard let reach = try await RedisLogReach(base, in: log) else {
                let time = base.snapshot.head.time
                windows.append(RecoverableWindow(from: time, until: time))
                continue
            }
            guard !reach.window.contains(moment) else {
                return Self(reach, at: moment, try await reach.place(at: moment, log: log))
            }
            windows.append(reach.window)
        }
        let floor = try await SnapshotChoice.newest(for: request)
        if floor.head.time == moment { return Self(floor) }
        if let begin = try await begin(of: log), moment < begin {
            return Self(
                floor,
                lines: [
                    "careful: the log begins at \(begin), what was written between is not in it"
                ]
            )
        }
        let next = bases.map(\.snapshot.head.time).filter { $0 > moment }.min()
        throw refusal(moment, request, windows.map(\.until).max(), next)
    }

    /// The first moment of the log; nil when it does not say.
    private static func begin(of log: LogReader) async throws(Fault) -> Instant? {
        let first = log.pieces.min { ($0.epoch, $0.from) < ($1.epoch, $1.from) }
        guard let first else { return nil }
        do throws(Fault) {
            let head = try await log.head(of: first)
            return try head.redisMarks().first?.time ?? head.time
        } catch  where error.code.disposition == .corrupt { return nil }
    }

    private static func refusal(
        _ moment: Instant,
        _ request: RestoreRequest,
        _ before: Instant?,
        _ next: Instant?
    ) -> Fault {
        let name = request.stream.component
        var hints =
            before.map { ["The newest moment before it that can be reached is \($0)."] } ?? []
        hints += next.map { ["The next one behind it is \($0.earliestText)."] } ?? []
        hints.append("A snapshot alone comes back by its name: --at \(name)@NUMBER (lifeboat ls)")
        let fact = next == nil ? "its log ends before that" : "its log has a gap there"
        return Fault(
            .targetOutsideWindow,
            "unable to restore '\(name)' to \(moment): \(fact)",
            hints: hints
        )
    }

    /// What is replayed, a line; none when nothing is.
    var steps: [String] {
        guard let stretch else { return lines }
        return [
            "replay \(stretch.bytes) of commands on it, up to \(moment), in a private server of this host"
        ] + lines
    }

    /// Refuses a replay that this host cannot do.
    ///
    /// - Throws: `E-SERVER-MISSING`, `E-REDIS-REPLAY`, `E-RESTORE-ROOM`.
    func requireReplay(
        _ component: RedisComponent,
        _ rdb: RDBFacts,
        _ request: RestoreRequest
    ) async throws(Fault) {
        guard let stretch else { return }
        try await component.requireProgram(for: rdb)
        // The snapshot, what the server makes of it before it loads it, and what it saves.
        let room = rdb.bytes + rdb.bytes + rdb.bytes + stretch.bytes
        try RestoreDestination.requireRoom(for: room, at: [request.state])
    }

    /// What the restore needs to know again.
    var facts: [String: String] { stretch?.facts ?? [:] }
}

extension RestorePlan {
    /// Hands the RDB that a plan says to `body`: that of its snapshot, or of a replay on it.
    func withRDB<Value: Sendable>(
        of component: RedisComponent,
        _ request: RestoreRequest,
        _ progress: ProgressReporter,
        _ body: (StoredRDB) async throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        guard let stretch = RedisLogStretch(facts) else {
            return try await body(try await StoredRDB(snapshot, request))
        }
        return try await RedisReplay(
            component: component,
            request: request,
            snapshot: snapshot,
            stretch: stretch,
            progress: progress
        ).run(body)
    }
}
