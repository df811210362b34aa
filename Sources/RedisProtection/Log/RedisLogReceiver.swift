internal import Model
internal import Protection
internal import RedisWire
internal import Vault

/// Receives the commands of a server and stores them in the copies of the vault.
///
/// ```
///                                    ┌─▶ lane of copy 1 ─┐
/// server ──commands──▶ buffer ──▶ fan                    ├─▶ safe offset ──▶ server
///                      piece each    └─▶ lane of copy 2 ─┘
///                      second
/// ```
/// It continues where the log in the vault ends. What the server has not got any more is a gap, and a gap is never inside an epoch: a
/// new one begins, and a snapshot is asked for that it can be replayed on. So it does when this host's clock was set back: two times of one
/// name must not lie in one epoch.
final class RedisLogReceiver {
    /// How long received bytes may wait before they are stored.
    private static let patience = Duration.seconds(1)
    /// How long to wait for the server while nothing is under way.
    private static let look = Duration.milliseconds(200)
    /// How often the server hears from us at least; it gives up after `repl-timeout`, 60 s by default.
    private static let statusInterval = Duration.seconds(1)
    /// How long a copy may take for one piece before it is called overdue.
    private static let copyPatience = Duration.seconds(300)
    /// How far the clock may be set back while the log stands still until it has caught up.
    private static let clockPatience = Duration.seconds(60)

    private let context: BackupContext
    private let writer: LogWriter
    private let stream: RedisCommandStream
    private let fan: LogFan
    private let epoch: UInt32
    private var buffer: RedisLogBuffer
    private var reported: UInt64
    private var lastStatus = ContinuousClock.now
    private var received: Instant

    /// Connects, and continues the log of all copies that can be reached; else begins a new epoch where the server is.
    ///
    /// - Throws: as ``RedisCommandStream/open(_:patience:at:)``, and what opening the copies throws.
    init(
        address: RedisAddress,
        patience: RedisPatience,
        context: BackupContext,
        bases: LogBases
    ) async throws(Fault) {
        self.context = context
        let places = try await LogPlaces.open(context)
        let writer = try LogWriter(
            places.union,
            keys: context.keys,
            stream: context.stream,
            kind: .redis,
            state: context.state
        )
        let log = try await LogReader(places.union, stream: context.stream)
        let found = try await RedisLogStart.find(log)
        let isSetBack = Self.isSetBack(from: found?.last, to: context.clock.now())
        let start = isSetBack ? found?.ended : found
        let (stream, isGranted) = try await Self.open(address, patience, start)
        received = context.clock.now()
        self.stream = stream
        self.writer = writer
        let isAll = places.vaults.allSatisfy { $0 != nil }
        let continued =
            isGranted && start?.goesOn(in: stream.replicationID, isAll: isAll) ?? false
            ? start : nil
        let epoch = continued?.epoch ?? RedisLogStart.newEpoch(after: start, now: received)
        self.epoch = epoch
        reported = stream.offset
        buffer = RedisLogBuffer(at: stream.offset, last: continued?.last)
        let front = LogFront(
            at: LogPlace(epoch, LSN(stream.offset)),
            follows: try await places.follows(log, timeline: epoch, context.stream),
            durability: context.log.durability
        )
        fan = LogFan(front, vaults: places.vaults)
        let text =
            continued != nil
            ? ""
            : start == nil
                ? ", its beginning"
                : ": there is a gap before it, \(Self.reason(isSetBack: isSetBack, isGranted: isGranted))"
        context.progress(.note("receiving the log from offset \(stream.offset)\(text)"))
        if try await !hasBase(places.union, log) { bases.wish() }
    }

    /// Why the log is not continued.
    private static func reason(isSetBack: Bool, isGranted: Bool) -> String {
        if isSetBack { return "this host's clock was set back" }
        return isGranted
            ? "another server is the master now and may not have got the rest"
            : "the server had not got the rest any more"
    }

    /// Whether the clock shows a time so long before a mark that the log would stand still until it is reached again.
    private static func isSetBack(from last: RedisLogMark?, to now: Instant) -> Bool {
        last.map { $0.time - now > clockPatience } ?? false
    }

    /// Opens the stream where the log ends, or where the server stands.
    private static func open(
        _ address: RedisAddress,
        _ patience: RedisPatience,
        _ start: RedisLogStart?
    ) async throws(Fault) -> (stream: RedisCommandStream, isContinued: Bool) {
        let answer = try await RedisCommandStream.open(
            address,
            patience: patience,
            at: start?.place
        )
        switch answer {
        case .continued(let stream): return (stream, true)
        case .elsewhere(let place):
            let second = try await RedisCommandStream.open(address, patience: patience, at: place)
            guard case .continued(let stream) = second else {
                throw Fault(
                    .redisNotReady,
                    "unable to follow Redis at '\(address.endpoint)': it keeps nothing of what it sends its replicas",
                    hints: ["Raise repl-backlog-size and repl-backlog-ttl of the server."]
                )
            }
            return (stream, false)
        }
    }

    /// Whether the newest snapshot is one that this epoch can be replayed on, or will be.
    ///
    /// One of the history before does not count: the server that took over may be of another version, and only that one takes its commands.
    private func hasBase(_ vault: Vault, _ log: LogReader) async throws(Fault) -> Bool {
        guard let newest = try await vault.newest(of: context.stream, isWhole: true).heads.first,
            let base = RedisLogBase(newest), base.place.replicationID == stream.replicationID
        else { return false }
        if base.place.offset >= stream.offset { return true }
        return try await base.epoch(in: log) == epoch
    }

    /// Receives until the task is cancelled; then stores what was received as far as copies take it.
    ///
    /// - Throws: `E-CANCELLED`, what receiving throws, and why no copy takes the log.
    func run() async throws(Fault) {
        let copies = context.log.copies
        let lanes = copies.indices.map { index in
            LogLane(
                fan: fan,
                index: index,
                copies: copies,
                stream: context.stream,
                note: { [progress = context.progress] in progress(.note($0)) }
            )
        }
        try await fan.running(lanes) { () async throws(Fault) in
            do throws(Fault) {
                while true { try await step() }
            } catch {
                // The connection is gone or given up; what it brought is stored all the same.
                for piece in buffer.take() {
                    let entry = try await sealed(piece)
                    _ = fan.withFront { $0.offer(entry) }
                }
                await stream.close()
                throw error
            }
        }
    }

    private func step() async throws(Fault) {
        if case .bytes(let bytes) = try await stream.next(upTo: Self.look) {
            let now = context.clock.now()
            guard !Self.isSetBack(from: buffer.last, to: now) else { throw clockSetBack() }
            received = now
            try buffer.append(bytes, at: received, now: .now)
        }
        let isDue = buffer.waitingSince.map { $0.duration(to: .now) >= Self.patience } ?? false
        if isDue || buffer.isFull {
            for piece in buffer.take() { try await offer(piece) }
        }
        try await reportNews()
    }

    private func clockSetBack() -> Fault {
        Fault(
            .redisLogClock,
            "unable to continue the log of '\(context.stream.component)': this host's clock was set back, it begins anew"
        )
    }

    /// Hands a piece to the copies; waits while none has room, and the server keeps what we do not read meanwhile.
    private func offer(_ piece: RedisLogBuffer.Piece) async throws(Fault) {
        let entry = try await sealed(piece)
        while !fan.withFront({ $0.offer(entry) }) {
            try await reportNews()
            try await Cancellation.pause(.milliseconds(100), "go on receiving the log")
        }
        context.progress(.advanced(Int64(piece.bytes.count)))
    }

    private func sealed(_ piece: RedisLogBuffer.Piece) async throws(Fault) -> LogFront.Entry {
        let end = piece.from + UInt64(piece.bytes.count)
        let log = try await writer.seal(
            LogInput(
                source: RedisLogFact.source,
                epoch: epoch,
                from: piece.from,
                bytes: piece.bytes,
                time: received,
                heartbeat: buffer.last.map {
                    LogHead.Heartbeat(time: $0.time, lsn: LSN($0.offset))
                },
                facts: [
                    RedisLogFact.replicationID: stream.replicationID,
                    RedisLogFact.marks: RedisLogMarks.text(piece.marks, from: piece.from),
                ]
            )
        )
        return LogFront.Entry(log, place: LogPlace(epoch, LSN(end)))
    }

    /// Tells the server when more is safe, and every second in any case.
    private func reportNews() async throws(Fault) {
        if let fault = fan.withFront({ $0.halt }) { throw fault }
        for late in fan.overdue(after: Self.copyPatience) {
            let name = context.log.copies[late.copy].name
            context.progress(
                .note(
                    "copy '\(name)' has been storing one piece of the log for \(Self.copyPatience.components.seconds / 60) minutes"
                )
            )
        }
        let place = fan.withFront { $0.safe }
        let safe = place.map { $0.timeline == epoch ? $0.position.value : 0 } ?? 0
        guard safe > reported || lastStatus.duration(to: .now) >= Self.statusInterval else {
            return
        }
        reported = max(reported, safe)
        lastStatus = .now
        try await stream.acknowledge(reported)
    }
}
