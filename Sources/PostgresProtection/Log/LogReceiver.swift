internal import Model
internal import PostgresWire
internal import Protection
internal import Vault

/// Receives the log of a server and stores it in the copies of the vault.
///
/// ```
///                                       ┌─▶ lane of copy 1 ─┐
/// server ──stream──▶ segment buffer ──▶ fan                 ├─▶ safe position ──▶ server
///                   piece each second,  └─▶ lane of copy 2 ─┘
///                   each segment
/// ```
/// Nothing is reported as flushed before it is durable in some copy, or in every one, as is configured, so the slot keeps
/// what has not arrived there: a crash of this process, its host or a copy loses nothing that the server still has. And a
/// server whose `synchronous_standby_names` names the slot ends no commit before it is in the vault.
final class LogReceiver {
    /// How long received bytes may wait before they are stored.
    static let patience = Duration.seconds(1)
    /// How long to wait for the server while nothing is under way, and while a commit waits for us.
    static let look = Duration.milliseconds(200)
    static let glance = Duration.milliseconds(2)
    /// How often the server hears from us at least; it gives up after `wal_sender_timeout`, 60 s by default.
    static let statusInterval = Duration.seconds(5)

    /// How long a copy may take for one piece of log before it is called overdue.
    static let copyPatience = Duration.seconds(300)

    let context: BackupContext
    let writer: LogWriter
    private let fan: LogFan
    private let board: HeartbeatBoard
    private let slot: LogSlot
    private var session: ReplicationSession
    private var identity: SystemIdentity
    private let segmentSize: SegmentSize
    private(set) var timeline: UInt32
    private var buffer: SegmentBuffer
    private var lastStatus = ContinuousClock.now
    private var reported = LSN(0)
    private var isStreaming = false
    private var sentAt: Instant
    /// Where the present timeline began to be received.
    private(set) var start: LSN
    /// Lower positions are not reported: the slot would go back.
    private let floor: LSN
    /// What comes once more, until it was compared; nil when nothing does, or it was.
    var proof: LogProof?
    /// Makes maps of what the log changed; nil for a server of an unknown version.
    private let mapper: LogMapper?
    /// The server's clock when the newest bytes were sent.
    var serverTime: Instant { sentAt }

    /// Connects, and begins where the log of all copies that can be reached ends, or where the slot does.
    ///
    /// `bases`: hears when no base backup leads into what is received.
    /// `slot`: the slot, which exists; nil for the permanent one, which is made where it is not.
    /// `beginning`: where to begin when the vault holds nothing that fits.
    init(
        settings: PostgresSettings,
        context: BackupContext,
        board: HeartbeatBoard,
        bases: LogBases? = nil,
        slot given: LogSlot?,
        beginning: LSN?
    ) async throws(Fault) {
        self.context = context
        self.board = board
        let places = try await LogPlaces.open(context)
        let writer = try LogWriter(
            places.union,
            keys: context.keys,
            stream: context.stream,
            kind: .postgresql,
            state: context.state
        )
        let connection = try PostgresLink.replication(settings)
        let session = ReplicationSession(connection, timekeeper: context.clock)
        let identity = try session.identifySystem()
        let segmentSize = try PostgresLink.segmentSize(session)
        let reader = try await LogReader(places.union, stream: context.stream)
        try await Self.refuseForeign(reader, identity)
        let slot = try Self.slot(given, settings, context)
        let slotPosition = try slot.position(session, connection.serverVersion, settings).restart
        let start = try Self.beginning(
            of: session,
            identity,
            reader,
            slotPosition ?? beginning,
            segmentSize
        ) { place throws(Fault) in try Self.isThere(place, settings, context) }
        self.slot = slot
        self.writer = writer
        self.session = session
        self.identity = identity
        self.segmentSize = segmentSize
        timeline = start.timeline
        // The server keeps whole segments, so the beginning of the present one can be had again: it ends as one piece.
        let begin = SegmentBuffer.begin(of: start.position, segmentSize)
        buffer = SegmentBuffer(at: begin, given: start.position, segmentSize: segmentSize)
        self.start = start.position
        proof = LogProof(reader, of: identity, start.timeline, from: begin, segmentSize)
        floor = slotPosition ?? LSN(0)
        sentAt = context.clock.now()
        let front = LogFront(
            at: LogPlace(start.timeline, start.position),
            follows: try await places.follows(reader, timeline: start.timeline, context.stream),
            durability: context.log.durability
        )
        fan = LogFan(front, vaults: places.vaults)
        mapper = Self.mapper(context, identity, connection.serverVersion, segmentSize)
        if let gap = start.gap { context.progress(.note(gap)) }
        noteBehind()
        if let bases, try await Self.isAstray(start, places.union, reader, context) { bases.wish() }
        try await offerHistory(of: start.timeline)
        try await startReplication(retained: slotPosition ?? start.position)
    }

    private static func mapper(
        _ context: BackupContext,
        _ identity: SystemIdentity,
        _ version: Int,
        _ segmentSize: SegmentSize
    ) -> LogMapper? {
        let system = identity.systemIdentifier
        return LogMapper(
            MapFolder(context.state, stream: context.stream, systemIdentifier: system),
            serverVersion: version,
            segmentSize: segmentSize,
            systemIdentifier: system
        )
    }

    /// Streams from where the buffer begins, or from before that where the newest map ends: what is stored already only goes
    /// into maps, and into the whole piece of its segment.
    private func startReplication(retained: LSN) async throws(Fault) {
        let from = mapper?.begin(
            timeline: timeline,
            at: buffer.position,
            retained: retained,
            flushed: identity.position
        )
        try await Self.start(
            session,
            slot.streamed,
            at: LogPlace(timeline, from ?? buffer.position)
        )
        isStreaming = true
    }

    /// Whether the copy that a backup writes to holds everything before a position.
    ///
    /// - Throws: why that copy fails again and again.
    private func hasStored(_ position: LSN) throws(Fault) -> Bool {
        let (durable, fault) = fan.withFront { ($0.durable(0), $0.fault(0)) }
        if let fault { throw fault }
        return durable.map { $0.position >= position } ?? false
    }

    /// Receives until the copy that a backup writes to holds everything before `target`, or without an end; then stores
    /// what was received.
    ///
    /// `isMapped`: until that is in maps too, as far as its records are whole.
    ///
    /// - Throws: `E-CANCELLED` when the task is cancelled; then everything received is stored as far as copies take it.
    ///   Why that copy fails again and again.
    func run(upTo target: LSN? = nil, isMapped: Bool = false) async throws(Fault) {
        let note = { @Sendable [progress = context.progress] (text: String) in
            progress(.note(text))
        }
        let copies = context.log.copies
        let lanes = copies.indices.map { index in
            LogLane(fan: fan, index: index, copies: copies, stream: context.stream, note: note)
        }
        try await fan.running(lanes) { () async throws(Fault) in
            do throws(Fault) {
                while try target.map({ position throws(Fault) in
                    try !hasStored(position) || isMapped && mapper?.hasRead(position) == false
                }) ?? true {
                    try await step(upTo: target)
                    // Waiting for the server blocks a thread; on a small pool the lanes need a turn too.
                    await Task.yield()
                }
                try await offerWaiting()
            } catch  where error.code == .cancelled {
                // The connection is gone; what it brought is stored, and the slot is told the next time.
                mapper?.cut()
                for piece in proof == nil ? buffer.take() : [] { _ = try await offered(piece) }
                throw error
            }
        }
    }

    /// Ends the stream, leaving the slot as far as it was reported.
    func close() {
        if isStreaming {
            try? report()
            try? session.stopReplication()
        }
        session.connection.close()
    }

    private func step(upTo target: LSN?) async throws(Fault) {
        let isAwaited = board.isAwaited
        // Somebody waits for what is being stored; only this task can say that it is.
        let wait = isAwaited && stored < buffer.given ? Self.glance : Self.look
        switch try session.nextMessage(waitingUpTo: wait) {
        case .wal(let start, let bytes, _, let sent):
            sentAt = sent
            mapper?.read(bytes, at: start)
            try await prove(bytes, at: start)
            let known = start < buffer.position ? buffer.position - start : 0
            guard known < UInt64(bytes.count) else { break }
            let complete = try buffer.append(
                known == 0 ? bytes : Array(bytes.dropFirst(Int(known))),
                at: start + known,
                now: .now
            )
            for piece in complete { try await offer(piece) }
        case .keepalive(_, let sent, let replyRequested):
            sentAt = sent
            if replyRequested { try report() }
        case .endOfTimeline(let next, let switchPoint):
            try await follow(to: next, switchPoint: switchPoint)
        case nil:
            // What is stored already waits for nothing, and is to be reported as soon as it is mapped again.
            if !buffer.isWaiting { mapper?.cut() }
        }
        // Commits that wait are stored at once; those that come meanwhile are stored together.
        let patience = isAwaited && fan.withFront({ $0.isIdle }) ? .zero : Self.patience
        let isDue = buffer.waitingSince.map { $0.duration(to: .now) >= patience } ?? false
        let isReached = target.map { buffer.position >= $0 } ?? false
        if isReached, let proof, proof.behind != nil { throw behind(proof) }
        if isDue || isReached { try await offerWaiting() }
        try reportNews()
    }

    /// Tells the server when more is safe, and every few seconds in any case.
    private func reportNews() throws(Fault) {
        if let fault = fan.withFront({ $0.halt }) { throw fault }
        for late in fan.overdue(after: Self.copyPatience) {
            let name = context.log.copies[late.copy].name
            let rest =
                late.goesOn
                ? "the log goes on without it, and it is brought up to date when it is back"
                : "no copy takes the log; the server keeps it until one does"
            context.progress(
                .note(
                    "copy '\(name)' has been storing one piece of the log for \(Self.copyPatience.components.seconds / 60)"
                        + " minutes: \(rest)"
                )
            )
        }
        if safe > reported || lastStatus.duration(to: .now) >= Self.statusInterval { try report() }
    }

    private func offerWaiting() async throws(Fault) {
        mapper?.cut()
        guard proof == nil else { return }
        for piece in buffer.take() { try await offer(piece) }
    }

    /// Hands a piece to the copies; waits while none has room.
    private func offer(_ piece: SegmentBuffer.Piece) async throws(Fault) {
        try await offer(try await sealed(piece))
        context.progress(.advanced(Int64(piece.bytes.count)))
    }

    private func offer(_ entry: LogFront.Entry) async throws(Fault) {
        while !fan.withFront({ $0.offer(entry) }) {
            try reportNews()
            try await Cancellation.pause(.milliseconds(100), "go on receiving the log")
        }
    }

    /// Hands a piece to the copies if one has room at once.
    private func offered(_ piece: SegmentBuffer.Piece) async throws(Fault) -> Bool {
        let entry = try await sealed(piece)
        return fan.withFront { $0.offer(entry) }
    }

    private func sealed(_ piece: SegmentBuffer.Piece) async throws(Fault) -> LogFront.Entry {
        let end = piece.from + UInt64(piece.bytes.count)
        let log = try await writer.seal(
            input(piece.bytes, timeline, from: piece.from, heartbeat: board.newest(upTo: end))
        )
        return LogFront.Entry(log, place: LogPlace(timeline, end))
    }

    func input(
        _ bytes: [UInt8],
        _ timeline: UInt32,
        from: LSN,
        heartbeat: LogHead.Heartbeat?
    ) -> LogInput {
        LogInput(
            source: String(identity.systemIdentifier),
            epoch: timeline,
            from: from.value,
            bytes: bytes,
            time: sentAt,
            heartbeat: heartbeat,
            facts: ["segment_bytes": String(segmentSize.bytes)]
        )
    }

    /// Everything before it is safe in the copies; zero when nothing is known to be.
    private var stored: LSN {
        guard let place = fan.withFront({ $0.safe }) else { return LSN(0) }
        return place.timeline == timeline ? place.position : min(place.position, start)
    }

    /// The position that may be reported: everything before it is safe, and every record that begins before it in a map;
    /// zero, which the server ignores, when none is known or proven.
    private var safe: LSN {
        guard proof == nil else { return LSN(0) }
        var position = stored
        if let reach = mapper?.reach {
            // What lies before the start was reported already, by whoever received it.
            guard reach >= start else { return LSN(0) }
            position = min(position, reach)
        }
        return position >= floor ? position : LSN(0)
    }

    private func report() throws(Fault) {
        // Between two timelines the server listens to nothing.
        guard isStreaming else { return }
        lastStatus = .now
        reported = safe
        // What is only in memory is written nowhere, whatever level of durability a commit waits for.
        try session.sendStatus(
            written: reported,
            flushed: reported,
            applied: reported,
            replyRequested: false
        )
    }

    /// Goes on with the next timeline, from the start of the segment that holds the switch.
    private func follow(to next: UInt32, switchPoint: LSN) async throws(Fault) {
        isStreaming = false
        try await prove([], at: buffer.position, isLast: true)
        try await offerWaiting()
        timeline = next
        start = LSN(switchPoint.value / segmentSize.bytes * segmentSize.bytes)
        reported = LSN(0)
        try await offerHistory(of: next)
        buffer = SegmentBuffer(at: start, segmentSize: segmentSize)
        try await startReplication(retained: start)
        context.progress(.note("the server switched to timeline \(next) at \(switchPoint)"))
    }

    /// Hands the history file of a timeline to the copies, which then have everything before ``start``.
    private func offerHistory(of timeline: UInt32) async throws(Fault) {
        var log: SealedLog?
        if let history = try session.timelineHistory(timeline) {
            log = try await writer.sealHistory(
                input(history.bytes, timeline, from: LSN(0), heartbeat: nil)
            )
        }
        try await offer(LogFront.Entry(log, place: LogPlace(timeline, start)))
    }
}
