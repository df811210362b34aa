import Model
import RedisWire
import TestKit
import Testing

@Suite(.ownThreads) struct RedisReplyDecoderTests {
    private let wire =
        Array(
            "+OK\r\n-ERR no\r\n:-42\r\n$5\r\nhe\r\no\r\n$-1\r\n$0\r\n\r\n*-1\r\n*0\r\n"
                .utf8
        ) + Array("*3\r\n:1\r\n*2\r\n+a\r\n$1\r\nb\r\n*0\r\n+end\r\n".utf8)

    private let replies: [RedisReply] = [
        .status("OK"), .failure(RedisFailure("ERR no")), .integer(-42),
        .bulk(Array("he\r\no".utf8)), .null, .bulk([]), .null, .array([]),
        .array([.integer(1), .array([.status("a"), .bulk([98])]), .array([])]), .status("end"),
    ]

    private func decode(_ pieces: [ArraySlice<UInt8>]) throws -> [RedisReply] {
        var decoder = RedisReplyDecoder()
        var replies: [RedisReply] = []
        for piece in pieces {
            decoder.append(piece)
            while let reply = try decoder.next() { replies.append(reply) }
        }
        #expect(decoder.unread.isEmpty)
        return replies
    }

    @Test func `every kind of reply is read`() throws {
        #expect(try decode([wire[...]]) == replies)
    }

    @Test func `every split in two gives the same replies`() throws {
        for cut in 0...wire.count {
            #expect(try decode([wire[..<cut], wire[cut...]]) == replies, "cut at \(cut)")
        }
    }

    @Test func `byte by byte gives the same replies`() throws {
        #expect(try decode(wire.indices.map { wire[$0...$0] }) == replies)
    }

    @Test(arguments: [
        "$99999999999999999999\r\n", "$-2\r\n", "$1073741824\r\n", "*9223372036854775807\r\n",
        "*-7\r\n", ":\r\n", ":1x\r\n", "$1\r\nab\r\n", "hello\r\n", "\r\n", "+OK\n",
        String(repeating: "*1\r\n", count: 17), "+" + String(repeating: "x", count: 70_000),
        String(repeating: "y", count: 70_000),
    ])
    func `what is not RESP2 or claims too much is refused`(text: String) {
        let fault = #expect(throws: Fault.self) { try decode([Array(text.utf8)[...]]) }
        #expect(fault?.code == .redisProtocol)
    }

    @Test func `many elements and many bytes in one reply are refused`() {
        var limits = RedisReplyLimits.standard
        limits.elements = 10
        limits.total = ByteCount(100)
        var decoder = RedisReplyDecoder(limits: limits)
        decoder.append(
            Array("*5\r\n*5\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n*5\r\n:1\r\n:1\r\n:1\r\n".utf8)
        )
        #expect(throws: Fault.self) { try decoder.next() }
        var other = RedisReplyDecoder(limits: limits)
        other.append(Array("*2\r\n$60\r\n\(String(repeating: "x", count: 60))\r\n$60\r\n".utf8))
        other.append(Array("\(String(repeating: "x", count: 60))\r\n".utf8))
        #expect(throws: Fault.self) { try other.next() }
    }

    @Test func `a command goes over the wire as an array of bulk strings`() {
        let command = RedisCommand("SET", "k", "ü\r\n")
        #expect(
            command.encoded == Array("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\nü\r\n\r\n".utf8)
        )
    }

    @Test func `the fields of INFO are read`() {
        let text = "# Server\r\nredis_version:7.0.15\r\n\r\ndb0:keys=1,expires=0\r\nodd\r\n"
        #expect(
            RedisConnection.fields(ofInfo: text) == [
                "redis_version": "7.0.15", "db0": "keys=1,expires=0",
            ]
        )
    }
}
