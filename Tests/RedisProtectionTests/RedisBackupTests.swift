import Foundation
import Model
import Protection
import RedisProtection
import RedisWire
import Synchronization
import SystemIO
import TestKit
import Testing
import Vault

/// Backups of real servers.
@Suite(.serialized, .ownThreads) struct RedisBackupTests {
    private static let hour: Int64 = 3_600_000

    private static func expiry() -> Int64 { SystemClock().now().seconds * 1_000 + hour }

    private static func server(_ arguments: String...) throws -> RedisServer {
        let server = try RedisServer(stopped: ())
        try server.start(["--repl-diskless-sync-delay", "0"] + arguments)
        return server
    }

    @Test func `a snapshot records what the server is and leaves its disk alone`() async throws {
        let server = try Self.server("--appendonly", "yes", "--maxmemory-policy", "allkeys-lru")
        defer { server.remove() }
        try await server.fill(2_000, expiry: Self.expiry())
        try await server.waitForAppendOnlyFile()
        let disk = try server.disk()
        let harness = try await Harness()
        let before = SystemClock().now()
        let snapshot = try await harness.backUp(
            RedisComponent(name: "cache", address: server.address)
        )
        #expect(try server.disk() == disk)
        #expect(harness.told == [])
        // Clocks may be set meanwhile.
        let span = before - .seconds(10)...SystemClock().now() + .seconds(10)
        #expect(span.contains(snapshot.head.time))
        let facts = snapshot.head.facts
        #expect(facts["redis_version"] == "7.0.15")
        #expect(facts["rdb_version"] == "10")
        #expect(facts["keys"] == "2000")
        #expect(facts["expiring"] == "500")
        #expect(facts["databases"] == "0:1000,2:1000")
        #expect(facts["replication_id"]?.count == 40)
        #expect(facts["replication_offset"].flatMap { Int64($0) } != nil)
        #expect(facts["diskless"] == "yes")
        #expect(facts["functions"] == "0")
        #expect(facts["modules"] == "")
        #expect(facts["bytes"] == "\(snapshot.head.sizes.source)")
        #expect(facts["checksummed"] == "yes")
        #expect(facts["appendonly"] == "yes")
        #expect(facts["appenddirname"] == "appendonlydir")
        #expect(facts["appendfilename"] == "appendonly.aof")
        #expect(facts["dbfilename"] == "dump.rdb")
        #expect(facts["dir"] == server.directory.path)
        #expect(facts["maxmemory_policy"] == "allkeys-lru")
    }

    @Test func `a second snapshot stores only what changed`() async throws {
        let server = try Self.server()
        defer { server.remove() }
        try await server.fill(60_000, expiry: Self.expiry())
        let harness = try await Harness()
        let component = RedisComponent(name: "cache", address: server.address)
        let first = try await harness.backUp(component).head.sizes
        for index in 0..<2 { try await server.run("SET", "key:\(index * 12)", "changed") }
        let second = try await harness.backUp(component).head.sizes
        print("first \(first.source) B, stored \(first.stored); second added \(second.added)")
        #expect(first.added > first.source * 9 / 10)
        #expect(second.added < second.source / 10)
    }

    @Test func `long values are found again after a restart, which changes their order`()
        async throws
    {
        let server = try Self.server("--appendonly", "yes", "--rdbcompression", "no")
        defer { server.remove() }
        var generator = SeededGenerator(seed: 7)
        let connection = try await RedisConnection.connect(to: server.address)
        for index in 0..<60 {
            let size = 140_000 + 7_000 * index
            let value = (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let words = [Array("SET".utf8), Array("long:\(index)".utf8), value]
            _ = try await connection.command(RedisCommand(words: words))
            for short in 0..<20 {
                _ = try await connection.command(
                    RedisCommand("SET", "short:\(index):\(short)", "\(short)")
                )
            }
        }
        await connection.close()
        let harness = try await Harness()
        let component = RedisComponent(name: "cache", address: server.address)
        let first = try await harness.backUp(component).head.sizes
        try await server.waitForAppendOnlyFile()
        server.stop()
        try server.start(["--repl-diskless-sync-delay", "0", "--appendonly", "yes"])
        let second = try await harness.backUp(component).head.sizes
        print("first \(first.source) B, stored \(first.stored); second added \(second.added)")
        #expect(first.added > first.source * 9 / 10)
        #expect(second.added < second.source / 20)
    }

    @Test func `a server that writes its own dump file is noted`() async throws {
        let server = try Self.server("--repl-diskless-sync", "no", "--rdbchecksum", "no")
        defer { server.remove() }
        try await server.fill(100, expiry: Self.expiry())
        let harness = try await Harness()
        let snapshot = try await harness.backUp(
            RedisComponent(name: "cache", address: server.address)
        )
        #expect(snapshot.head.facts["diskless"] == "no")
        #expect(snapshot.head.facts["checksummed"] == "no")
        #expect(harness.told.count == 2)
        #expect(harness.told.first?.contains("repl-diskless-sync") == true)
        #expect(harness.told.last?.contains("rdbchecksum") == true)
    }

    @Test
    func `a user with three rights makes snapshots, and a restore is told what it cannot know`()
        async throws
    {
        let server = try Self.server()
        defer { server.remove() }
        try await server.fill(200, expiry: Self.expiry())
        let digest = try await server.contentDigest()
        try await server.run(
            "ACL",
            "SETUSER",
            "bk",
            "on",
            ">sesame",
            "resetchannels",
            "+psync",
            "+replconf",
            "+ping"
        )
        var address = server.address
        address.user = "bk"
        address.password = "sesame"
        // No right to SELECT is needed: a snapshot has all databases.
        address.database = 2
        let harness = try await Harness()
        var component = RedisComponent(name: "cache", address: address)
        let facts = try await harness.backUp(component).head.facts
        #expect(facts["keys"] == "200")
        #expect(facts["appendonly"] == nil)
        #expect(facts["dir"] == nil)
        #expect(harness.told.first?.contains("+config|get") == true)

        let unknown = await #expect(throws: Fault.self) {
            _ = try await component.planRestore(harness.request(to: harness.folder))
        }
        #expect(unknown?.code.id == "E-REDIS-SETTINGS")
        #expect(unknown?.code.exit == .refused)
        component = RedisComponent(name: "cache", address: address, isAppendOnly: false)
        let homeless = await #expect(throws: Fault.self) {
            _ = try await component.planRestore(harness.request(to: nil))
        }
        #expect(homeless?.code.id == "E-REDIS-SETTINGS")

        server.stop()
        try server.destroy()
        let request = harness.request(to: server.folder)
        let plan = try await component.planRestore(request)
        _ = try await component.restore(plan, request, progress: .silent)
        try server.start(["--repl-diskless-sync-delay", "0"])
        #expect(try await server.contentDigest() == digest)

        try await server.run("ACL", "SETUSER", "bk", "on", ">sesame", "resetchannels")
        try await server.run("ACL", "SETUSER", "bk", "+psync", "+replconf", "+ping", "+info")
        #expect(try await harness.backUp(component).head.facts["appendonly"] == "no")
    }

    @Test func `a server that dies while it sends leaves no snapshot`() async throws {
        let server = try RedisServer(stopped: ())
        defer { server.remove() }
        // A fifth of a millisecond a key: about eight seconds for all.
        let program = try server.launch([
            "--repl-diskless-sync-delay", "0", "--rdb-key-save-delay", "200",
        ])
        while !server.log.contains("eady to accept connections") {
            try await Task.sleep(for: .milliseconds(5))
        }
        try await server.fill(40_000, expiry: Self.expiry())
        let harness = try await Harness()
        let pid = program.pid
        let received = Received()
        let fault = await #expect(throws: Fault.self) {
            _ = try await harness.backUp(
                RedisComponent(name: "cache", address: server.address)
            ) { event in
                guard case .advanced(let bytes) = event else { return }
                received.bytes.withLock { $0 += bytes }
                kill(pid, SIGKILL)
            }
        }
        #expect(received.bytes.withLock { $0 } > 0)
        #expect(fault?.code == .redisClosed)
        #expect(fault?.code.exit == .sourceUnreachable)
        #expect(try await harness.snapshots() == 0)
    }

    private final class Received: Sendable {
        let bytes = Mutex<Int64>(0)
    }

    @Test func `a server that is not there leaves no snapshot`() async throws {
        let server = try RedisServer(stopped: ())
        defer { server.remove() }
        let harness = try await Harness()
        let fault = await #expect(throws: Fault.self) {
            _ = try await harness.backUp(RedisComponent(name: "cache", address: server.address))
        }
        #expect(fault?.code == .redisUnreachable)
        #expect(fault?.code.exit == .sourceUnreachable)
        #expect(try await harness.snapshots() == 0)
    }
}
