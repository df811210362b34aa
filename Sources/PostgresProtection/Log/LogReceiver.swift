internal import Model
internal import PostgresWire
internal import Protection
internal import Vault

/// Receives the log of a server and stores it in the vault.
///
/// ```
/// server ──stream──▶ segment buffer ──piece each second, each segment──▶ vault ──durable──▶ flush position ──▶ server
/// ```
/// Nothing is reported as flushed before it is durable in the vault, so the slot keeps what has not arrived there: a
/// crash of this process, its host or the vault loses nothing that the server still has.
final class LogReceiver {
    /// How long received bytes may wait before they are stored.
    static let patience = Duration.seconds(1)
    /// How often the server hears from us at least; it gives up after `wal_sender_timeout`, 60 s by default.
    static let statusInterval = Duration.seconds(5)

    private let settings: PostgresSettings
    private let context: BackupContext
    private let writer: LogWriter
    private let board: HeartbeatBoard
    private let slot: String
    private var session: ReplicationSession
    private var identity: SystemIdentity
    private let segmentSize: SegmentSize
    private var timeline: UInt32
    private var buffer: SegmentBuffer
    private var waitingSince: ContinuousClock.Instant?
    private var lastStatus = ContinuousClock.now
    private var sentAt: Instant
    /// Everything before this position is durable in the vault.
    private(set) var stored: LSN
    /// The server's clock when the newest bytes were sent.
    var serverTime: Instant { sentAt }

    /// Connects, and begins where the vault's log ends, or where the slot does.
    ///
    /// `slot`: the slot, which exists.
    /// `beginning`: where to begin when the vault holds nothing that fits.
    init(
        settings: PostgresSettings,
        context: BackupContext,
        board: HeartbeatBoard,
        slot: String,
        beginning: LSN?
    ) async throws(Fault) {
        self.settings = settings
        self.context = context
        self.board = board
        self.slot = slot
        let writer = try LogWriter(
            context.vault,
            keys: context.keys,
            stream: context.stream,
            kind: .postgresql,
            state: context.state
        )
        let connection = try PostgresLink.replication(settings)
        let session = ReplicationSession(connection, timekeeper: context.clock)
        let identity = try session.identifySystem()
        let segmentSize = try PostgresLink.segmentSize(session)
        let reader = try await LogReader(context.vault, stream: context.stream)
        try await Self.refuseForeign(reader, identity)
        let known = reader.pieces.lazy.map(\.epoch).filter { $0 <= identity.timeline }.max()
        let timeline = known ?? identity.timeline
        let start = try LogStart(
            reader: reader,
            timeline: timeline,
            end: identity.position,
            slotPosition: try session.readSlot(slot)?.restartPosition ?? beginning,
            segmentSize: segmentSize
        )
        self.writer = writer
        self.session = session
        self.identity = identity
        self.segmentSize = segmentSize
        self.timeline = timeline
        buffer = SegmentBuffer(at: start.position, segmentSize: segmentSize)
        stored = start.position
        sentAt = context.clock.now()
        if let gap = start.gap { context.progress(.note(gap)) }
        try await storeHistory(of: timeline)
        try session.startReplication(slot: slot, from: start.position, timeline: timeline)
    }

    /// Receives until `isDone` says so, which is asked after each piece and each second.
    ///
    /// - Throws: `E-CANCELLED` when the task is cancelled; then everything received is stored.
    func run(until isDone: () throws(Fault) -> Bool) async throws(Fault) {
        do throws(Fault) {
            while try !isDone() {
                try await step()
            }
            try await storeWaiting()
        } catch  where error.code == .cancelled {
            // The connection is gone; what it brought is stored, and the slot is told the next time.
            if let piece = buffer.take() { try await put(piece) }
            throw error
        }
    }

    /// Ends the stream, leaving the slot as far as it was reported.
    func close() {
        try? report()
        try? session.stopReplication()
        session.connection.close()
    }

    private func step() async throws(Fault) {
        switch try session.nextMessage(waitingUpTo: .milliseconds(200)) {
        case .wal(let start, let bytes, _, let sent):
            sentAt = sent
            waitingSince = waitingSince ?? .now
            for piece in try buffer.append(bytes, at: start) { try await store(piece) }
        case .keepalive(_, let sent, let replyRequested):
            sentAt = sent
            if replyRequested { try report() }
        case .endOfTimeline(let next, let switchPoint):
            try await follow(to: next, switchPoint: switchPoint)
        case nil: break
        }
        if let since = waitingSince, since.duration(to: .now) >= Self.patience {
            try await storeWaiting()
        }
        if lastStatus.duration(to: .now) >= Self.statusInterval { try report() }
    }

    private func storeWaiting() async throws(Fault) {
        if let piece = buffer.take() { try await store(piece) }
    }

    private func store(_ piece: SegmentBuffer.Piece) async throws(Fault) {
        try await put(piece)
        try report()
    }

    private func put(_ piece: SegmentBuffer.Piece) async throws(Fault) {
        let end = piece.from + UInt64(piece.bytes.count)
        try await writer.put(
            LogInput(
                source: String(identity.systemIdentifier),
                epoch: timeline,
                from: piece.from.value,
                bytes: piece.bytes,
                time: sentAt,
                heartbeat: board.newest(upTo: end),
                facts: ["segment_bytes": String(segmentSize.bytes)]
            )
        )
        stored = max(stored, end)
        waitingSince = nil
        context.progress(.advanced(Int64(piece.bytes.count)))
    }

    private func report() throws(Fault) {
        lastStatus = .now
        try session.sendStatus(
            written: buffer.position,
            flushed: stored,
            applied: stored,
            replyRequested: false
        )
    }

    /// Goes on with the next timeline, from the start of the segment that holds the switch.
    private func follow(to next: UInt32, switchPoint: LSN) async throws(Fault) {
        try await storeWaiting()
        timeline = next
        try await storeHistory(of: next)
        let start = LSN(switchPoint.value / segmentSize.bytes * segmentSize.bytes)
        stored = start
        buffer = SegmentBuffer(at: start, segmentSize: segmentSize)
        try session.startReplication(slot: slot, from: start, timeline: next)
        context.progress(.note("the server switched to timeline \(next) at \(switchPoint)"))
    }

    private func storeHistory(of timeline: UInt32) async throws(Fault) {
        guard let history = try session.timelineHistory(timeline) else { return }
        try await writer.putHistory(
            LogInput(
                source: String(identity.systemIdentifier),
                epoch: timeline,
                from: 0,
                bytes: history.bytes,
                time: sentAt,
                heartbeat: nil,
                facts: ["segment_bytes": String(segmentSize.bytes)]
            )
        )
    }

    /// A stream holds one cluster; another one's log would be joined to it without anybody noticing.
    private static func refuseForeign(
        _ reader: LogReader,
        _ identity: SystemIdentity
    ) async throws(Fault) {
        guard let last = reader.pieces.last else { return }
        let head = try await reader.head(of: last)
        guard head.source == String(identity.systemIdentifier) else {
            throw Fault(
                .foreignCluster,
                "unable to receive the log of '\(reader.stream.component)': the server is cluster"
                    + " \(identity.systemIdentifier), the vault holds \(head.source)",
                hints: [
                    "Give the new cluster a component name of its own; the old one stays restorable."
                ]
            )
        }
    }
}
