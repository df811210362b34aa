import Model
import RedisWire
import TestKit
import Testing

/// Against a real server that takes the data.
@Suite(.serialized, .ownThreads) struct RedisHandoverTests {
    @Test func `a server that comes at once is heard each time`() async throws {
        let server = try RedisServer(stopped: (), .redis8)
        defer { server.remove() }
        try server.start([])
        let address = RedisAddress(endpoint: .tcp(host: "127.0.0.1", port: server.port))
        for round in 1...12 {
            var builder = RDBBuilder()
            builder.key("round", type: 0, RDBBuilder.value { $0.string("\(round)") })
            var rest: [UInt8]? = builder.finished()
            let handover = RedisHandover(
                address: address,
                length: ByteCount(Int64(rest?.count ?? 0)),
                replicationID: String(repeating: "a1", count: 20)
            )
            try await handover.run {
                defer { rest = nil }
                return rest
            } check: { control async throws(Fault) in
                let value = try await control.command(RedisCommand("GET", "round"))
                #expect(value.text == "\(round)")
            }
        }
    }
}
