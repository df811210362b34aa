package import Model
package import PostgresWire

/// The part of the present WAL segment that has been received.
///
/// Pure: bytes in, pieces out.
///
/// A piece never crosses the end of a segment. When a segment that was received from its first byte is complete and
/// took more than one piece, it is given out once more as a whole, so that readers need one object instead of many.
package struct SegmentBuffer {
    /// Bytes to store.
    package struct Piece: Equatable {
        package let from: LSN
        package let bytes: [UInt8]
    }

    /// Larger segments are not kept in memory for the sake of a whole piece.
    static let wholeLimit: UInt64 = 64 << 20

    let segmentSize: SegmentSize
    /// The next position that is expected.
    private(set) var position: LSN
    /// Everything before it has been given out.
    package private(set) var given: LSN
    /// When the oldest byte that waits to be given out was received; nil when none waits.
    package private(set) var waitingSince: ContinuousClock.Instant?
    private var bytes: [UInt8] = []
    private var start: LSN
    private var pieces = 0

    /// Begins at a position of the stream.
    package init(at position: LSN, segmentSize: SegmentSize) {
        self.segmentSize = segmentSize
        self.position = position
        given = position
        start = position
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
            bytes += rest.prefix(count)
            rest = rest.dropFirst(count)
            position = position + UInt64(count)
            if closesSegment { complete += closeSegment() }
        }
        // One message can end a segment and begin the next, whose bytes wait as well.
        if isWaiting { waitingSince = waitingSince ?? now }
        return complete
    }

    /// Gives out what has been received and not given out; nil when there is nothing.
    package mutating func take() -> Piece? {
        guard isWaiting else { return nil }
        let piece = Piece(from: given, bytes: Array(bytes[Int(given - start)...]))
        given = position
        waitingSince = nil
        pieces += 1
        if segmentSize.bytes > Self.wholeLimit {
            bytes = []
            start = position
        }
        return piece
    }

    private mutating func closeSegment() -> [Piece] {
        let isWhole = UInt64(bytes.count) == segmentSize.bytes
        var complete: [Piece] = []
        if pieces > 0, isWhole {
            complete = [Piece(from: start, bytes: bytes)]
        } else {
            complete = [Piece(from: given, bytes: Array(bytes[Int(given - start)...]))]
        }
        bytes = []
        start = position
        given = position
        waitingSince = nil
        pieces = 0
        return complete
    }
}
