import Model
import RedisWire
import Testing

@Suite struct RedisMasterConversationTests {
    private static let id = String(repeating: "ab", count: 20)

    private static func command(_ words: String...) -> [UInt8] {
        RedisCommand(words: words.map { Array($0.utf8) }).encoded
    }

    private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func `a replica is led from its greeting to its confirmation`() throws {
        var machine = RedisMasterConversation(length: ByteCount(9), replicationID: Self.id)
        #expect(try machine.received(Self.command("PING")) == [.send(Self.text("+PONG\r\n"))])
        let greeting =
            Self.command("AUTH", "u", "sesame")
            + Self.command("REPLCONF", "listening-port", "6380")
            + Self.command("REPLCONF", "capa", "eof", "capa", "psync2")
        #expect(
            try machine.received(greeting) == [
                .send(Self.text("+OK\r\n")), .send(Self.text("+OK\r\n")),
                .send(Self.text("+OK\r\n")),
            ]
        )
        #expect(machine.listeningPort == 6380)
        // What it confirms before it has anything says nothing.
        #expect(try machine.received(Self.command("REPLCONF", "ACK", "0")) == [])
        #expect(
            try machine.received(Self.command("PSYNC", "?", "-1")) == [
                .synchronise(Self.text("+FULLRESYNC \(Self.id) 0\r\n$9\r\n"))
            ]
        )
        // It is alive while it loads.
        #expect(try machine.received(Self.text("\n")) == [])
        #expect(try machine.received(Self.text("\n\n")) == [])
        let confirmation = Self.text("\n") + Self.command("REPLCONF", "ACK", "0")
        #expect(try machine.received(confirmation) == [.loaded])
    }

    @Test func `byte by byte it is the same`() throws {
        var machine = RedisMasterConversation(length: ByteCount(1), replicationID: Self.id)
        var steps: [RedisMasterConversation.Step] = []
        for byte in Self.command("PING") + Self.command("SYNC") + Self.text("\n")
            + Self.command("REPLCONF", "ACK", "0")
        {
            steps += try machine.received([byte])
        }
        #expect(
            steps == [.send(Self.text("+PONG\r\n")), .synchronise(Self.text("$1\r\n")), .loaded]
        )
    }

    @Test func `signs of life that arrive with commands are passed over`() throws {
        var machine = RedisMasterConversation(length: ByteCount(1), replicationID: Self.id)
        let bytes =
            Self.command("SYNC") + Self.text("\n\n") + Self.command("REPLCONF", "ACK", "0")
            + Self.text("\n")
        #expect(
            try machine.received(bytes) == [.synchronise(Self.text("$1\r\n")), .loaded]
        )
    }

    @Test func `the data is sent once`() throws {
        var machine = RedisMasterConversation(length: ByteCount(1), replicationID: Self.id)
        let twice = Self.command("PSYNC", "?", "-1") + Self.command("PSYNC", "?", "-1")
        #expect(try machine.received(twice).count == 1)
    }

    @Test(arguments: ["GET / HTTP/1.1\r\n\r\n", "+OK\r\n", "*0\r\n", "*1\r\n:1\r\n"])
    func `whoever does not speak like a replica is sent away`(text: String) {
        var machine = RedisMasterConversation(length: ByteCount(1), replicationID: Self.id)
        let fault = #expect(throws: Fault.self) { try machine.received(Self.text(text)) }
        #expect(fault?.code == .redisProtocol)
    }
}
