import Model
import RedisWire
import TestKit
import Testing

@Suite(.ownThreads) struct RedisSnapshotTransferTests {
    private static let id = String(repeating: "a1", count: 20)
    private static let mark = String(repeating: "0123456789", count: 4)

    private func machine() throws -> RedisSnapshotTransfer {
        RedisSnapshotTransfer(address: try RedisAddress(parsing: "redis://u:sesame@h:1"))
    }

    /// A machine that has been told so much; its last step.
    private func told(_ texts: String...) throws -> RedisSnapshotTransfer.Step {
        var machine = try machine()
        var step = machine.begin()
        var body: [UInt8] = []
        for text in texts { step = try machine.received(Array(text.utf8), body: &body) }
        return step
    }

    @Test func `a diskless transfer`() throws {
        var machine = try machine()
        var body: [UInt8] = []
        #expect(machine.begin() == .send(RedisCommand("REPLCONF", "capa", "eof")))
        func hear(_ text: String) throws -> RedisSnapshotTransfer.Step {
            try machine.received(Array(text.utf8), body: &body)
        }
        #expect(try hear("+OK\r\n") == .send(RedisCommand("REPLCONF", "version", "9.0.0")))
        #expect(try hear("+OK\r\n") == .send(RedisCommand("REPLCONF", "rdb-only", "1")))
        #expect(try hear("+OK\r\n") == .send(RedisCommand("PSYNC", "?", "-1")))
        #expect(try hear("\n\n") == .receive)
        #expect(try hear("+FULLRESYNC \(Self.id) 1234\r\n\n") == .receive)
        #expect(try hear("\n$EOF:\(Self.mark)\r\nREDIS") == .receive)
        #expect(machine.isReceivingBody)
        #expect(body.isEmpty)
        #expect(try hear("0010") == .receive)
        #expect(try hear(Self.mark) == .perhapsComplete)
        #expect(body == Array("REDIS0010".utf8))
        #expect(machine.replicationID == Self.id)
        #expect(machine.offset == 1234)
        #expect(machine.isDiskless)
        #expect(machine.isRDBOnly)
    }

    @Test func `every split of a diskless transfer gives the same body`() throws {
        let rdb = "REDIS" + Self.mark + "x" + String(Self.mark.prefix(39)) + "y"
        let reply = Array(
            "\n+FULLRESYNC \(Self.id) 0\r\n$EOF:\(Self.mark)\r\n\(rdb)\(Self.mark)".utf8
        )
        for cut in 0...reply.count {
            var machine = try machine()
            var body: [UInt8] = []
            _ = machine.begin()
            for _ in 0..<3 { _ = try machine.received(Array("+OK\r\n".utf8), body: &body) }
            let first = try machine.received(Array(reply[..<cut]), body: &body)
            let second = try machine.received(Array(reply[cut...]), body: &body)
            #expect(cut == reply.count ? first == .perhapsComplete : second == .perhapsComplete)
            #expect(body == Array(rdb.utf8), "cut at \(cut)")
        }
    }

    @Test func `byte by byte a diskless transfer gives the same body`() throws {
        var machine = try machine()
        var body: [UInt8] = []
        _ = machine.begin()
        var marks = 0
        let rdb = "REDIS" + Self.mark + "end"
        let reply =
            "+OK\r\n+OK\r\n+OK\r\n+FULLRESYNC \(Self.id) 0\r\n$EOF:\(Self.mark)\r\n\(rdb)\(Self.mark)"
        for byte in reply.utf8 where try machine.received([byte], body: &body) == .perhapsComplete {
            marks += 1
        }
        // The mark inside the RDB looks like the end too; the RDB's reader tells the two apart.
        #expect(marks == 2)
        #expect(body == Array(rdb.utf8))
    }

    @Test func `a transfer with a length ignores the commands behind it`() throws {
        var machine = try machine()
        var body: [UInt8] = []
        _ = machine.begin()
        for line in [
            "+OK\r\n", "-ERR Unrecognized REPLCONF option: version\r\n",
            "-ERR Unrecognized REPLCONF option: rdb-only\r\n",
        ] { _ = try machine.received(Array(line.utf8), body: &body) }
        #expect(!machine.isRDBOnly)
        let header = "+FULLRESYNC \(Self.id) 7\r\n$9\r\nREDIS00"
        #expect(try machine.received(Array(header.utf8), body: &body) == .receive)
        #expect(
            try machine.received(Array("10*1\r\n$4\r\nPING\r\n".utf8), body: &body) == .complete
        )
        #expect(try machine.received([65], body: &body) == .complete)
        #expect(body == Array("REDIS0010".utf8))
        #expect(!machine.isDiskless)
    }

    @Test func `an old server without capabilities is asked for the RDB all the same`() throws {
        #expect(
            try told("-ERR Unrecognized REPLCONF option: capa\r\n", "-ERR no\r\n", "-ERR no\r\n")
                == .send(RedisCommand("PSYNC", "?", "-1"))
        )
    }

    @Test(arguments: [
        ("-NOAUTH Authentication required.\r\n", Fault.Code.redisAuthentication),
        ("-NOPERM this user has no permissions\r\n", .redisPermission),
        ("-ERR unknown command 'REPLCONF'\r\n", .redisRefused),
    ])
    func `a refusal of the first command ends the attempt`(line: String, code: Fault.Code) {
        let fault = #expect(throws: Fault.self) { try told(line) }
        #expect(fault?.code == code)
        #expect(fault?.hints.isEmpty == false)
        #expect(fault?.description.contains("sesame") == false)
    }

    @Test(arguments: [
        ("-NOMASTERLINK Can't SYNC while not connected\r\n", Fault.Code.redisNotReady),
        ("-LOADING Redis is loading\r\n", .redisLoading),
        ("-NOPERM no\r\n", .redisPermission),
        ("+CONTINUE\r\n", .redisProtocol),
        ("+FULLRESYNC abc 1\r\n", .redisProtocol),
        ("+FULLRESYNC \(id) -1\r\n", .redisProtocol),
        ("+FULLRESYNC \(id) 99999999999999999999\r\n", .redisProtocol),
        ("+FULLRESYNC \(id) 1\r\n$EOF:short\r\n", .redisProtocol),
        ("+FULLRESYNC \(id) 1\r\n$-1\r\n", .redisProtocol),
        ("+FULLRESYNC \(id) 1\r\n$0\r\n", .redisProtocol),
        ("+FULLRESYNC \(id) 1\r\n$99999999999999999999\r\n", .redisProtocol),
        ("+FULLRESYNC \(id) 1\r\n-ERR fork failed\r\n", .redisRefused),
        (String(repeating: "x", count: 5_000), .redisProtocol),
    ])
    func `a refusal or nonsense instead of an RDB is a fault`(text: String, code: Fault.Code) {
        let fault = #expect(throws: Fault.self) { try told("+OK\r\n", "+OK\r\n", "+OK\r\n", text) }
        #expect(fault?.code == code)
    }

    @Test func `an enormous length needs no memory`() throws {
        #expect(
            try told(
                "+OK\r\n",
                "+OK\r\n",
                "+OK\r\n",
                "+FULLRESYNC \(Self.id) 1\r\n$18446744073709551615\r\nx"
            ) == .receive
        )
    }
}
