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
                if Bool.random(using: &random), let piece = buffer.take() { pieces.append(piece) }
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
        #expect(buffer.take()?.bytes.count == 1000)
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
        #expect(buffer.take()?.bytes.count == 241)
        #expect(buffer.waitingSince == nil)
    }

    @Test func `a stream that jumps is refused`() throws {
        let size = try #require(size)
        var buffer = SegmentBuffer(at: LSN(100), segmentSize: size)
        #expect(throws: Fault.self) { try buffer.append([1], at: LSN(101), now: now) }
    }
}
