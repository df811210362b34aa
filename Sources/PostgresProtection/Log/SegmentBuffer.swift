package import Model
package import PostgresWire

/// The part of the present WAL segment that has been received.
///
/// Pure: bytes in, pieces out.
///
/// A piece never crosses the end of a segment. Many small ones are given out again as longer ones, so that readers need
/// few objects, and collection can take the small ones away:
///
/// ```text
/// ├─┼─┼─┼ … ┼─┤                      as it comes
/// ├───────────┼───────────┼ … ┤      every 64 of them
/// ├───────────────────────────────┤  every 64 of those
/// ├──────────────────────────────────────── … ──────────┤  the whole segment at its end
/// ```
/// Each byte is given out once more for each row, and there are few rows; one object that always began at the segment's
/// start would store an almost idle segment thousands of times.
package struct SegmentBuffer {
    /// Bytes to store.
    package struct Piece: Equatable {
        package let from: LSN
        package let bytes: [UInt8]
    }

    /// Larger segments are not kept in memory for the sake of longer pieces.
    static let wholeLimit: UInt64 = 64 << 20
    /// How many pieces are joined into a longer one.
    package static let fanIn = 64

    let segmentSize: SegmentSize
    /// The next position that is expected.
    private(set) var position: LSN
    /// Everything before it has been given out.
    package private(set) var given: LSN
    /// When the oldest byte that waits to be given out was received; nil when none waits.
    package private(set) var waitingSince: ContinuousClock.Instant?
    private var bytes: [UInt8] = []
    private var start: LSN
    /// Whether something of this segment was given out before.
    private var isDivided: Bool
    /// Where the pieces begin that were given out and not joined: one row a level, the smallest pieces first.
    private var rows: [[LSN]] = [[]]

    /// Begins at a position of the stream.
    ///
    /// What lies before `given` was stored earlier: it is received once more, and given out only as a part of the whole
    /// segment.
    package init(at position: LSN, given: LSN? = nil, segmentSize: SegmentSize) {
        let given = max(given ?? position, position)
        self.segmentSize = segmentSize
        self.position = position
        self.given = given
        start = position
        isDivided = given > position
    }

    /// Where to begin so that the segment of a position can end as one piece; the position itself where that takes too
    /// much memory.
    static func begin(of position: LSN, _ size: SegmentSize) -> LSN {
        size.bytes > wholeLimit ? position : LSN(position.value / size.bytes * size.bytes)
    }

    /// Whether something waits to be given out.
    var isWaiting: Bool { given < position }

    /// How many bytes the present segment still lacks.
    private var room: UInt64 { segmentSize.bytes - position.value % segmentSize.bytes }

    /// Takes received bytes, which must begin at ``position``; gives out what is complete with the segment's end.
    package mutating func append(
        _ received: [UInt8],
        at from: LSN,
        now: ContinuousClock.Instant
    ) throws(Fault) -> [Piece] {
        guard from == position else {
            throw Fault(
                .postgresProtocol,
                "unable to receive the log: the stream jumps from \(position) to \(from)"
            )
        }
        var complete: [Piece] = []
        var rest = received[...]
        while !rest.isEmpty {
            let count = Int(min(UInt64(rest.count), room))
            let closesSegment = UInt64(count) == room
            if bytes.isEmpty { makeRoom() }
            bytes += rest.prefix(count)
            rest = rest.dropFirst(count)
            position = position + UInt64(count)
            if closesSegment { complete += closeSegment() }
        }
        // One message can end a segment and begin the next, whose bytes wait as well.
        if isWaiting { waitingSince = waitingSince ?? now }
        return complete
    }

    /// Gives out what has been received and not given out, and with it the pieces before it when there are enough of
    /// them; nothing when nothing waits.
    ///
    /// Of two pieces the second holds the first.
    package mutating func take() -> [Piece] {
        guard isWaiting else { return [] }
        let from = given
        var pieces = [piece(from: from)]
        given = position
        waitingSince = nil
        isDivided = true
        if segmentSize.bytes > Self.wholeLimit {
            bytes = []
            start = position
        } else if let longer = join(from) {
            pieces.append(piece(from: longer))
        }
        return pieces
    }

    /// Notes a piece; where it fills a row, and perhaps the ones above, tells where the longest piece begins that they
    /// make.
    private mutating func join(_ from: LSN) -> LSN? {
        var longest: LSN?
        var begin = from
        for level in 0... {
            if level == rows.count { rows.append([]) }
            rows[level].append(begin)
            guard rows[level].count == Self.fanIn, let first = rows[level].first else { break }
            rows[level] = []
            begin = first
            longest = first
        }
        return longest
    }

    private func piece(from position: LSN) -> Piece {
        Piece(from: position, bytes: Array(bytes[Int(position - start)...]))
    }

    /// Gets the memory of a whole segment at once; what is not written to costs nothing.
    private mutating func makeRoom() {
        guard segmentSize.bytes <= Self.wholeLimit else { return }
        bytes.reserveCapacity(Int(segmentSize.bytes))
    }

    private mutating func closeSegment() -> [Piece] {
        // What lies before `start` is not at hand: it was stored in pieces of its own. Nothing is copied here.
        let complete = Piece(from: start, bytes: bytes)
        bytes = []
        start = position
        given = position
        waitingSince = nil
        isDivided = false
        rows = [[]]
        return [complete]
    }
}
