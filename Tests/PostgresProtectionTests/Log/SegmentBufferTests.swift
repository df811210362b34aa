import Model
import PostgresProtection
import PostgresWire
import TestKit
import Testing

@Suite struct SegmentBufferTests {
    private let size = SegmentSize(bytes: 1 << 20)
    private let now = ContinuousClock.now

    private func bytes(_ from: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: (from + UInt64($0)) &* 31 >> 3) }
    }

    @Test func `a piece never crosses a segment's end and nothing is lost or doubled`() throws {
        let size = try #require(size)
        for seed in UInt64(0)..<50 {
            var random = SeededGenerator(seed: seed)
            let start = UInt64.random(in: 0..<(3 << 20), using: &random)
            var buffer = SegmentBuffer(at: LSN(start), segmentSize: size)
            var position = start
            var reached = start
            while position < start + (4 << 20) {
                let count = Int.random(in: 1...(300 << 10), using: &random)
                var pieces = try buffer.append(bytes(position, count), at: LSN(position), now: now)
                position += UInt64(count)
                if Bool.random(using: &random) { pieces += buffer.take() }
                for piece in pieces {
                    let end = piece.from.value + UInt64(piece.bytes.count)
                    #expect(
                        piece.bytes == bytes(piece.from.value, piece.bytes.count),
                        "seed \(seed)"
                    )
                    #expect(piece.from.value / size.bytes == (end - 1) / size.bytes)
                    #expect(piece.from.value <= reached)
                    reached = max(reached, end)
                }
                #expect(reached == buffer.given.value)
            }
        }
    }

    @Test func `a segment that took several pieces is given out as a whole`() throws {
        let size = try #require(size)
        var buffer = SegmentBuffer(at: LSN(1 << 20), segmentSize: size)
        #expect(try buffer.append(bytes(1 << 20, 1000), at: LSN(1 << 20), now: now).isEmpty)
        #expect(buffer.take().map(\.bytes.count) == [1000])
        let rest = try buffer.append(
            bytes((1 << 20) + 1000, (1 << 20) - 1000),
            at: LSN((1 << 20) + 1000),
            now: now
        )
        #expect(rest.map(\.from) == [LSN(1 << 20)])
        #expect(rest.first?.bytes.count == 1 << 20)
    }

    @Test func `what one message brings of the next segment waits from then on`() throws {
        let size = try #require(size)
        var buffer = SegmentBuffer(at: LSN(1_000), segmentSize: size)
        _ = try buffer.append(bytes(1_000, 10), at: LSN(1_000), now: now)
        let later = now + .seconds(1)
        #expect(buffer.waitingSince == now)
        let count = (1 << 20) - 1_010 + 240
        #expect(try buffer.append(bytes(1_010, count), at: LSN(1_010), now: later).count == 1)
        #expect(buffer.waitingSince == later)
        _ = try buffer.append([1], at: LSN((1 << 20) + 240), now: later + .seconds(1))
        #expect(buffer.waitingSince == later)
        #expect(buffer.take().map(\.bytes.count) == [241])
        #expect(buffer.waitingSince == nil)
    }

    @Test func `of a segment that fills slowly a few long pieces hold all the small ones`() throws {
        let size = try #require(size)
        var buffer = SegmentBuffer(at: LSN(0), segmentSize: size)
        var given: [Range<UInt64>] = []
        var amount: UInt64 = 0
        let count = SegmentBuffer.fanIn * SegmentBuffer.fanIn + 3 * SegmentBuffer.fanIn + 5
        for number in UInt64(0)..<UInt64(count) {
            #expect(try buffer.append(bytes(number * 8, 8), at: LSN(number * 8), now: now).isEmpty)
            for piece in buffer.take() {
                let range = piece.from.value..<piece.from.value + UInt64(piece.bytes.count)
                #expect(piece.bytes == bytes(range.lowerBound, piece.bytes.count))
                amount += UInt64(range.count)
                given.append(range)
            }
        }
        // What collection leaves: the pieces that no longer one holds.
        let outer = given.filter { piece in
            !given.contains {
                $0 != piece && $0.contains(piece.lowerBound) && $0.upperBound >= piece.upperBound
            }
        }
        #expect(outer.count == 1 + 3 + 5, "\(outer)")
        #expect(outer.first == 0..<UInt64(SegmentBuffer.fanIn * SegmentBuffer.fanIn * 8))
        #expect(amount <= 3 * UInt64(count) * 8)
        #expect(buffer.take().isEmpty)
    }

    @Test func `a segment whose beginning was stored earlier ends as one piece all the same`()
        throws
    {
        let size = try #require(size)
        let (start, given) = (UInt64(1 << 20), UInt64((1 << 20) + 5000))
        var buffer = SegmentBuffer(at: LSN(start), given: LSN(given), segmentSize: size)
        #expect(try buffer.append(bytes(start, 4000), at: LSN(start), now: now).isEmpty)
        #expect(buffer.take().isEmpty && buffer.waitingSince == nil)
        #expect(
            try buffer.append(bytes(start + 4000, 3000), at: LSN(start + 4000), now: now).isEmpty
        )
        let piece = try #require(buffer.take().first)
        #expect(piece.from == LSN(given) && piece.bytes == bytes(given, 2000))
        let rest = try buffer.append(
            bytes(start + 7000, (1 << 20) - 7000),
            at: LSN(start + 7000),
            now: now
        )
        #expect(rest.map(\.from) == [LSN(start)])
        #expect(rest.first?.bytes == bytes(start, 1 << 20))
    }

    @Test func `a stream that jumps is refused`() throws {
        let size = try #require(size)
        var buffer = SegmentBuffer(at: LSN(100), segmentSize: size)
        #expect(throws: Fault.self) { try buffer.append([1], at: LSN(101), now: now) }
    }
}
