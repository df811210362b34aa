import Model
import RedisWire
import SystemPackage
import TestKit
import Testing

/// Against a real server that takes the data, and ends who is silent: no other test may hold ours up.
@Suite(.serialized, .punctualThreads) struct RedisHandoverTests {
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

    @Test func `somebody else who comes for the data gets none of it`() async throws {
        let certificate = try await TestCertificate()
        let server = try RedisServer(stopped: ())
        defer { server.remove() }
        // It comes and wants TLS, which is not served: what it says is no greeting, and another is next.
        try server.start([
            "--tls-port", "\(server.securePort)", "--tls-replication", "yes",
            "--tls-cert-file", certificate.certificate.string, "--tls-key-file",
            certificate.key.string, "--tls-ca-cert-file", certificate.certificate.string,
        ])
        var builder = RDBBuilder()
        builder.key("confidential", type: 0, RDBBuilder.value { $0.string("1") })
        let bytes = builder.finished()
        let handover = RedisHandover(
            address: RedisAddress(endpoint: .tcp(host: "127.0.0.1", port: server.port)),
            arrival: .seconds(25),
            length: ByteCount(bytes.count),
            replicationID: String(repeating: "a1", count: 20)
        )
        async let ending = Self.handOver(handover, bytes)
        let port = try await Self.masterPort(of: server)
        let thief = RedisSnapshotReader(
            address: RedisAddress(endpoint: .tcp(host: "127.0.0.1", port: port))
        )
        await #expect(throws: Fault.self) { _ = try await thief.read { _ in } }
        let fault = await ending
        #expect(fault?.code == .redisHandover)
        #expect(fault?.hints.contains { $0.contains("Who came was sent away") } == true)
        let control = try await RedisConnection.connect(
            to: RedisAddress(endpoint: .socket(path: server.socketPath))
        )
        #expect(try await control.info("replication")["role"] == "master")
        await control.close()
    }

    /// Hands bytes over; the fault that it ended with.
    private static func handOver(_ handover: RedisHandover, _ bytes: [UInt8]) async -> Fault? {
        var rest: [UInt8]? = bytes
        do throws(Fault) {
            try await handover.run {
                defer { rest = nil }
                return rest
            } check: { _ in
            }
            return nil
        } catch { return error }
    }

    /// Where the server was told to fetch data.
    private static func masterPort(of server: RedisServer) async throws -> Int {
        let control = try await RedisConnection.connect(
            to: RedisAddress(endpoint: .socket(path: server.socketPath))
        )
        let deadline = ContinuousClock.now + .seconds(300)
        while ContinuousClock.now < deadline {
            let port = try await control.info("replication")["master_port"].flatMap { Int($0) }
            if let port { return port }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw Fault(.redisHandover, "unable to test: the server follows nobody")
    }

    @Test func `a server that ends idle connections is looked at all the same`() async throws {
        let server = try RedisServer(stopped: ())
        defer { server.remove() }
        // It loads a key in 60 ms, so twelve seconds, and ends what is silent for nine.
        try server.start([
            "--timeout", "9", "--key-load-delay", "60000",
            "--loading-process-events-interval-bytes", "1024",
        ])
        var builder = RDBBuilder()
        for index in 0..<200 {
            builder.key("key:\(index)", type: 0, RDBBuilder.value { $0.string("\(index)") })
        }
        var rest: [UInt8]? = builder.finished()
        let handover = RedisHandover(
            address: RedisAddress(endpoint: .tcp(host: "127.0.0.1", port: server.port)),
            length: ByteCount(rest?.count ?? 0),
            replicationID: String(repeating: "a1", count: 20)
        )
        var count: Int64 = 0
        try await handover.run {
            defer { rest = nil }
            return rest
        } check: { control async throws(Fault) in
            count = try await control.keyCount()
        }
        #expect(count == 200)
    }
}
