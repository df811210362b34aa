import Model
import RedisWire
import Testing

/// A wish to continue, and what a server answers.
@Suite struct RedisResumptionTests {
    private static let id = String(repeating: "ab", count: 20)
    private static let other = String(repeating: "cd", count: 20)
    private static let address = RedisAddress(endpoint: .tcp(host: "127.0.0.1", port: 1))

    private static func machine(_ offset: UInt64?) throws -> RedisResumption {
        var machine = RedisResumption(
            address: address,
            place: offset.map { RedisStreamPlace(replicationID: id, offset: $0) }
        )
        #expect(machine.begin() == .send(RedisCommand("REPLCONF", "capa", "eof", "capa", "psync2")))
        let asked = try machine.received(Array("+OK\r\n".utf8))
        let expected =
            offset.map { RedisCommand("PSYNC", id, "\($0 + 1)") }
            ?? RedisCommand("PSYNC", "?", "-1")
        #expect(asked == .send(expected))
        return machine
    }

    @Test func `the commands follow at once, and none of them is lost`() throws {
        var machine = try Self.machine(41)
        #expect(try machine.received(Array("\n\n+CONT".utf8)) == .receive)
        #expect(
            try machine.received(Array("INUE\r\n*1\r\n$4\r\nPING\r\n".utf8))
                == .continued(replicationID: Self.id, first: Array("*1\r\n$4\r\nPING\r\n".utf8))
        )
    }

    @Test func `after a failover the history has another name`() throws {
        var machine = try Self.machine(0)
        #expect(
            try machine.received(Array("+CONTINUE \(Self.other)\r\n".utf8))
                == .continued(replicationID: Self.other, first: [])
        )
    }

    @Test(arguments: [nil, 5] as [UInt64?])
    func `what is gone is said with where the server is`(offset: UInt64?) throws {
        var machine = try Self.machine(offset)
        let place = RedisStreamPlace(replicationID: Self.other, offset: 120)
        #expect(
            try machine.received(Array("+FULLRESYNC \(Self.other) 120\r\n$EOF".utf8))
                == .elsewhere(place)
        )
    }

    @Test func `a server that does not know the capabilities is asked all the same`() throws {
        var machine = RedisResumption(address: Self.address, place: nil)
        #expect(
            try machine.received(Array("-ERR Unrecognized REPLCONF option: capa\r\n".utf8))
                == .send(RedisCommand("PSYNC", "?", "-1"))
        )
    }

    @Test(arguments: [
        (
            "-NOPERM this user has no permissions to run the 'psync' command",
            Fault.Code.redisPermission
        ),
        ("-NOMASTERLINK Can't SYNC while not connected with my master", .redisNotReady),
        ("-LOADING Redis is loading the dataset in memory", .redisLoading),
        ("+FULLRESYNC abc 1", .redisProtocol), ("+CONTINUE xyz", .redisProtocol),
        ("+OK", .redisProtocol),
    ])
    func `a refusal is a fault`(reply: String, code: Fault.Code) throws {
        var machine = try Self.machine(5)
        let fault = #expect(throws: Fault.self) {
            try machine.received(Array("\(reply)\r\n".utf8))
        }
        #expect(fault?.code == code)
    }
}
