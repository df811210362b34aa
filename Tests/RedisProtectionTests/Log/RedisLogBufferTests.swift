import Model
import RedisProtection
import RedisWire
import TestKit
import Testing

/// Pieces of log out of a stream of commands.
@Suite struct RedisLogBufferTests {
    private static func command(_ words: String...) -> [UInt8] {
        RedisCommand(words: words.map { Array($0.utf8) }).encoded
    }

    private static func time(_ milliseconds: Int64) -> Instant {
        Instant(nanoseconds: (1_800_000_000_000 + milliseconds) * 1_000_000)
    }

    @Test func `a piece ends behind a whole command, and says when it was there`() throws {
        var buffer = RedisLogBuffer(at: 50)
        let ping = Self.command("PING")
        let set = Self.command("SET", "a", "1")
        try buffer.append(ping + set.dropLast(3), at: Self.time(0), now: .now)
        #expect(buffer.waitingSince != nil)
        let end = 50 + UInt64(ping.count)
        let mark = RedisLogMark(offset: end, time: Self.time(0))
        #expect(buffer.take() == [.init(from: 50, bytes: ping, marks: [mark])])
        #expect(buffer.waitingSince == nil && buffer.take() == [])
        try buffer.append(Array(set.suffix(3)), at: Self.time(1_000), now: .now)
        let second = RedisLogMark(offset: end + UInt64(set.count), time: Self.time(1_000))
        #expect(buffer.take() == [.init(from: end, bytes: set, marks: [second])])
        #expect(buffer.last == second && buffer.given == second.offset)
    }

    @Test func `nothing of an open transaction is marked or stored`() throws {
        var buffer = RedisLogBuffer(at: 0)
        try buffer.append(
            Self.command("MULTI") + Self.command("INCR", "a"),
            at: Self.time(0),
            now: .now
        )
        #expect(buffer.waitingSince == nil && buffer.take() == [] && buffer.last == nil)
        try buffer.append(Self.command("EXEC"), at: Self.time(5_000), now: .now)
        let pieces = buffer.take()
        #expect(pieces.count == 1 && pieces[0].from == 0)
        #expect(pieces[0].marks.map(\.time) == [Self.time(5_000)])
    }

    @Test func `a clock that goes back does not make marks go back`() throws {
        var buffer = RedisLogBuffer(at: 0)
        for moment: Int64 in [10_000, 2_000, 12_000] {
            try buffer.append(Self.command("PING"), at: Self.time(moment), now: .now)
        }
        let times = buffer.take().flatMap(\.marks).map(\.time)
        #expect(times == [Self.time(10_000), Self.time(12_000)])
    }

    @Test func `a moment is rounded up, so that no later command counts as received`() throws {
        var buffer = RedisLogBuffer(at: 0)
        let moment = Instant(nanoseconds: 1_800_000_000_000_000_001)
        try buffer.append(Self.command("PING"), at: moment, now: .now)
        let marks = buffer.take().flatMap(\.marks)
        #expect(marks.allSatisfy { $0.time >= moment } && marks.count == 1)
    }

    @Test func `small pieces come once more as a long one`() throws {
        var buffer = RedisLogBuffer(at: 0, size: 100)
        var pieces: [RedisLogBuffer.Piece] = []
        for number in 0..<10 {
            try buffer.append(
                Self.command("PING"),
                at: Self.time(Int64(number) * 1_000),
                now: .now
            )
            pieces += buffer.take()
        }
        let long = pieces.filter { $0.bytes.count > 14 }
        #expect(long.map(\.from) == [0] && long.map(\.bytes.count) == [112])
        #expect(long[0].marks.count == 8)
        #expect(pieces.filter { $0.bytes.count == 14 }.map(\.from) == (0..<10).map { $0 * 14 })
    }

    @Test func `a command longer than a piece is cut, and has no mark inside`() throws {
        var buffer = RedisLogBuffer(at: 0, size: 1_000)
        let long = Self.command("SET", "a", String(repeating: "x", count: 5_000))
        var pieces: [RedisLogBuffer.Piece] = []
        for start in stride(from: 0, to: long.count, by: 700) {
            let part = Array(long[start..<min(start + 700, long.count)])
            try buffer.append(part, at: Self.time(Int64(start)), now: .now)
            if buffer.isFull { pieces += buffer.take() }
        }
        pieces += buffer.take()
        #expect(pieces.count > 2)
        #expect(pieces.dropLast().allSatisfy { $0.marks.isEmpty })
        #expect(pieces.last?.marks.map(\.offset) == [UInt64(long.count)])
        #expect(pieces.flatMap(\.bytes) == long)
    }

    @Test
    func `however it comes, the pieces join to the stream and their marks are places to stop`()
        throws
    {
        let seed = UInt64.random(in: 0...(.max))
        var generator = SeededGenerator(seed: seed)
        var stream: [UInt8] = []
        var places: Set<UInt64> = []
        for _ in 0..<500 {
            let size = Int.random(in: 0...400, using: &generator)
            stream += Self.command("SET", "k", String(repeating: "v", count: size))
            places.insert(UInt64(stream.count))
        }
        var buffer = RedisLogBuffer(at: 0, size: 2_000)
        var stored: [UInt8] = []
        var (end, moment): (Int, Int64) = (0, 0)
        while end < stream.count {
            let next = min(stream.count, end + Int.random(in: 1...900, using: &generator))
            moment += Int64.random(in: 0...300, using: &generator)
            try buffer.append(Array(stream[end..<next]), at: Self.time(moment), now: .now)
            end = next
            guard Int.random(in: 0...2, using: &generator) == 0 || buffer.isFull else { continue }
            for piece in buffer.take() {
                let marks = piece.marks
                #expect(marks.allSatisfy { places.contains($0.offset) }, "seed \(seed)")
                let text = RedisLogMarks.text(marks, from: piece.from)
                let positions = piece.from...(piece.from + UInt64(piece.bytes.count))
                #expect(RedisLogMarks.read(text, positions) == marks, "seed \(seed)")
                let known = stored.count - Int(piece.from)
                #expect(known >= 0, "seed \(seed)")
                #expect(Array(stored.suffix(known)) == Array(piece.bytes.prefix(known)))
                stored += piece.bytes.dropFirst(known)
            }
        }
        for piece in buffer.take() {
            stored += piece.bytes.dropFirst(stored.count - Int(piece.from))
        }
        #expect(stored == stream, "seed \(seed)")
    }

    @Test(arguments: [
        "1", "1:", ":1", "a:1", "1:-1", "0:1", "1:1,", "11:1", "5:1,6:1", "1:99999999999999999",
        "+1:1:1",
    ])
    func `marks of another form say nothing`(text: String) {
        #expect(RedisLogMarks.read(text, 100...110) == nil)
    }
}
