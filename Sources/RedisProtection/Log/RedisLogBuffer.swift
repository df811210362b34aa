package import Model
internal import RedisWire

/// Cuts the commands of a server into pieces of log.
///
/// ```
/// received  ████████████▓▓▓░░      ▓ waits to be stored   ░ the beginning of a command, or of a transaction
/// pieces    [  ][   ][ ][ ]        as it comes
///           [            ]         once more as one piece, when it is long enough
/// ```
/// Pure: bytes and times in, pieces out. A piece ends where one may stop, unless what waits behind that is too long to be held. What it
/// holds is at most two pieces.
package struct RedisLogBuffer: Sendable {
    /// A piece to be stored.
    package struct Piece: Sendable, Hashable {
        /// Its first position.
        package let from: UInt64
        /// Its bytes.
        package let bytes: [UInt8]
        /// The marks inside and at its end.
        package let marks: [RedisLogMark]

        package init(from: UInt64, bytes: [UInt8], marks: [RedisLogMark]) {
            self.from = from
            self.bytes = bytes
            self.marks = marks
        }
    }

    /// From here on a piece is long enough.
    package static let size = 8 << 20
    /// As many marks are enough too: they stand in the head.
    static let mostMarks = 2048
    /// Two marks are not closer than this, in milliseconds.
    private static let grain: Int64 = 200

    /// The position of the next byte.
    package var position: UInt64 { splitter.position }
    /// The last position that was handed out.
    package private(set) var given: UInt64
    /// The newest mark.
    package private(set) var last: RedisLogMark?
    /// Since when something waits that can be stored; nil when nothing does.
    package private(set) var waitingSince: ContinuousClock.Instant?

    private let size: Int
    private var splitter: RedisStreamSplitter
    /// Where what is held begins, and it.
    private var start: UInt64
    private var bytes: [UInt8] = []
    private var marks: [RedisLogMark] = []

    /// Begins where a command begins; `last` is the newest mark before.
    package init(at position: UInt64, last: RedisLogMark? = nil, size: Int = RedisLogBuffer.size) {
        splitter = RedisStreamSplitter(at: position)
        start = position
        given = position
        self.last = last
        self.size = size
    }

    /// Whether so much waits that it should be stored at once.
    package var isFull: Bool { position - given >= UInt64(size) }

    /// Adds what was received by a moment; one before the newest mark counts as that.
    ///
    /// - Throws: `E-REDIS-PROTOCOL` when it is not a stream of commands.
    package mutating func append(
        _ new: [UInt8],
        at time: Instant,
        now: ContinuousClock.Instant
    ) throws(Fault) {
        try splitter.feed(new)
        bytes += new
        note(time)
        if splitter.boundary > given { waitingSince = waitingSince ?? now }
    }

    private mutating func note(_ time: Instant) {
        let boundary = splitter.boundary
        guard boundary > last?.offset ?? start else { return }
        // Never before the moment itself: what came later must not count as received.
        let rounded = (time + .nanoseconds(999_999)).milliseconds
        let milliseconds = max(rounded, last?.time.milliseconds ?? 0)
        let mark = RedisLogMark(
            offset: boundary,
            time: Instant(nanoseconds: milliseconds * 1_000_000)
        )
        // One that was handed out stays; so does each that begins a stretch of time.
        if let last, last.offset > given, marks.last == last,
            last.time.milliseconds / Self.grain == milliseconds / Self.grain
        {
            marks.removeLast()
        }
        marks.append(mark)
        last = mark
    }

    /// What is to be stored: what is new, and what is held as one piece when it is long enough.
    package mutating func take() -> [Piece] {
        waitingSince = nil
        let end = splitter.boundary > given ? splitter.boundary : isFull ? position : given
        guard end > given else { return [] }
        var pieces = [piece(given..<end)]
        let isWhole = end - start >= UInt64(size) || marks.count >= Self.mostMarks
        if isWhole, start < given { pieces.append(piece(start..<end)) }
        given = end
        if isWhole {
            bytes.removeFirst(Int(end - start))
            marks.removeAll { $0.offset <= end }
            start = end
        }
        return pieces
    }

    private func piece(_ positions: Range<UInt64>) -> Piece {
        Piece(
            from: positions.lowerBound,
            bytes: Array(
                bytes[Int(positions.lowerBound - start)..<Int(positions.upperBound - start)]
            ),
            marks: marks.filter {
                $0.offset > positions.lowerBound && $0.offset <= positions.upperBound
            }
        )
    }
}
