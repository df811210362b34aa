import Model
import RedisWire
import TestKit
import Testing

/// Where in a stream of commands one may stop.
@Suite struct RedisStreamSplitterTests {
    private static func command(_ words: String...) -> [UInt8] {
        RedisCommand(words: words.map { Array($0.utf8) }).encoded
    }

    @Test func `one may stop behind each whole command`() throws {
        var splitter = RedisStreamSplitter(at: 1_000)
        #expect(splitter.boundary == 1_000)
        let select = Self.command("SELECT", "3")
        let set = Self.command("SET", "a key", "*3\r\n$3\r\nnot a command")
        try splitter.feed(select + set.dropLast())
        #expect(splitter.boundary == 1_000 + UInt64(select.count))
        #expect(splitter.position == 1_000 + UInt64(select.count + set.count - 1))
        try splitter.feed([0x0A])
        #expect(splitter.boundary == splitter.position)
    }

    @Test(arguments: ["EXEC", "exec", "DISCARD"])
    func `never inside a transaction`(end: String) throws {
        var splitter = RedisStreamSplitter(at: 0)
        try splitter.feed(Self.command("MULTI") + Self.command("INCR", "a"))
        #expect(splitter.boundary == 0)
        // A value is no command, whatever it says.
        try splitter.feed(Self.command("SET", "EXEC", "EXEC"))
        #expect(splitter.boundary == 0)
        try splitter.feed(Self.command(end))
        #expect(splitter.boundary == splitter.position)
    }

    @Test func `however it is split, the places are the same`() throws {
        let seed = UInt64.random(in: 0...(.max))
        var generator = SeededGenerator(seed: seed)
        var stream: [UInt8] = []
        var places: [Int] = []
        for _ in 0..<200 {
            let isTransaction = Bool.random(using: &generator)
            if isTransaction { stream += Self.command("MULTI") }
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let size = Int.random(in: 0...300, using: &generator)
                let value = (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
                stream += RedisCommand(words: [Array("SET".utf8), [0x6B], value]).encoded
                if !isTransaction { places.append(stream.count) }
            }
            if isTransaction {
                stream += Self.command("EXEC")
                places.append(stream.count)
            }
        }
        var splitter = RedisStreamSplitter(at: 0)
        var end = 0
        while end < stream.count {
            let next = min(stream.count, end + Int.random(in: 1...400, using: &generator))
            try splitter.feed(Array(stream[end..<next]))
            end = next
            let expected = places.last { $0 <= end } ?? 0
            #expect(splitter.boundary == UInt64(expected), "seed \(seed)")
        }
        #expect(splitter.boundary == UInt64(stream.count), "seed \(seed)")
    }

    @Test(arguments: [
        "PING\r\n", "*0\r\n", "*1\n", "*1\r\n:1\r\n", "*1\r\n$-1\r\n", "*1\r\n$4\r\nPINGx\r\n",
        "*1\r\n$4\r\nPING\rx", "*99999999999999999999999999", "*1\r\n$99999999999999999999\r\n",
        "+CONTINUE\r\n", "\n",
    ])
    func `what belongs to no command is refused`(text: String) {
        var splitter = RedisStreamSplitter(at: 7)
        let fault = #expect(throws: Fault.self) { try splitter.feed(Array(text.utf8)) }
        #expect(fault?.code == .redisProtocol)
        #expect(splitter.boundary == 7)
    }
}
