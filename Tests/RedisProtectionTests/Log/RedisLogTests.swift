import Model
import Protection
import RedisProtection
import RedisWire
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// The commands of real servers, received and replayed.
@Suite(.serialized, .ownThreads) struct RedisLogTests {
    private static let hour: Int64 = 3_600_000

    /// Changes keys in three databases: plainly, in transactions and by a script.
    private static func write(_ server: RedisServer, _ generator: inout SeededGenerator)
        async throws
    {
        for database in [0, 2, 5] {
            let connection = try await RedisConnection.connect(
                to: RedisAddress(endpoint: server.address.endpoint, database: database)
            )
            let key = { (generator: inout SeededGenerator) in
                "k\(Int.random(in: 0..<50, using: &generator))"
            }
            var commands: [RedisCommand] = []
            for _ in 0..<30 {
                let value = String(generator.next(), radix: 36)
                commands += [
                    RedisCommand("SET", "s" + key(&generator), value),
                    RedisCommand("SET", "e" + key(&generator), value, "EX", "5000"),
                    RedisCommand("RPUSH", "l" + key(&generator), value),
                    RedisCommand("DEL", "s" + key(&generator)),
                    RedisCommand("MULTI"), RedisCommand("INCR", "n" + key(&generator)),
                    RedisCommand("SADD", "m" + key(&generator), value), RedisCommand("EXEC"),
                    RedisCommand(
                        "EVAL",
                        "redis.call('INCR', KEYS[1]); return redis.call('HSET', KEYS[2], ARGV[1], ARGV[1])",
                        "2",
                        "c",
                        "h" + key(&generator),
                        value
                    ),
                    RedisCommand("XADD", "x" + key(&generator), "*", "f", value),
                ]
            }
            for reply in try await connection.replies(to: commands) {
                if case .failure(let failure) = reply { Issue.record("\(failure.message)") }
            }
            await connection.close()
        }
    }

    @Test(arguments: RedisProgram.allCases)
    func `a server goes back to any second`(kind: RedisProgram) async throws {
        let seed = UInt64.random(in: 0...(.max))
        var generator = SeededGenerator(seed: seed)
        let server = try RedisServer.beating(kind, ["--appendonly", "yes"])
        defer { server.remove() }
        try await server.fill(300, expiry: SystemClock().now().seconds * 1_000 + Self.hour)
        let harness = try await Harness()
        let component = server.replayed
        var states: [(moment: Instant, digest: String)] = []
        try await harness.receiving(component) {
            for _ in 0..<3 {
                try await Self.write(server, &generator)
                let digest = try await server.contentDigest()
                states.append((try await harness.moment(of: server), digest))
            }
        }
        #expect(Set(states.map(\.digest)).count == 3)
        #expect(try await harness.epochs().count == 1)
        #expect(try await harness.snapshots() == 1)
        for state in states.reversed() {
            let digest = try await harness.digest(of: component, at: .time(state.moment), kind)
            #expect(digest == state.digest, "seed \(seed), at \(state.moment)")
        }
        let newest = try await harness.digest(of: component, at: .latest, kind)
        #expect(newest == states.last?.digest, "seed \(seed)")
    }

    @Test func `receiving goes on where it ended, without a gap`() async throws {
        let seed = UInt64.random(in: 0...(.max))
        var generator = SeededGenerator(seed: seed)
        let server = try RedisServer.beating(.redis7, ["--repl-backlog-size", "16mb"])
        defer { server.remove() }
        let harness = try await Harness()
        let component = server.replayed
        for round in 0..<3 {
            try await harness.receiving(component) {
                try await Self.write(server, &generator)
                _ = try await harness.moment(of: server)
            }
            // Nobody receives this; the server keeps it.
            if round < 2 { try await Self.write(server, &generator) }
        }
        #expect(try await harness.epochs().count == 1)
        #expect(try await harness.snapshots() == 1)
        #expect(!harness.told.contains { $0.contains("gap") })
        let digest = try await harness.digest(of: component, at: .latest, .redis7)
        #expect(try await digest == server.contentDigest(), "seed \(seed)")
    }

    @Test func `what the server has not got any more is a gap, and a snapshot begins anew`()
        async throws
    {
        let seed = UInt64.random(in: 0...(.max))
        var generator = SeededGenerator(seed: seed)
        let server = try RedisServer.beating(.redis7, ["--repl-backlog-size", "16kb"])
        defer { server.remove() }
        let harness = try await Harness()
        let component = server.replayed
        var before: (moment: Instant, digest: String)?
        try await harness.receiving(component) {
            try await Self.write(server, &generator)
            let digest = try await server.contentDigest()
            before = (try await harness.moment(of: server), digest)
        }
        for _ in 0..<4 { try await Self.write(server, &generator) }
        let inside = SystemClock().now()
        try await harness.receiving(component) {
            _ = try await harness.moment(of: server)
        }
        #expect(harness.told.contains { $0.contains("there is a gap before it") })
        #expect(try await harness.epochs().count == 2)
        #expect(try await harness.snapshots() == 2)
        let state = try #require(before)
        #expect(
            try await harness.digest(of: component, at: .time(state.moment), .redis7)
                == state.digest,
            "seed \(seed)"
        )
        #expect(
            try await harness.digest(of: component, at: .latest, .redis7)
                == server.contentDigest(),
            "seed \(seed)"
        )
        let fault = await #expect(throws: Fault.self) {
            try await component.planRestore(
                harness.request(to: harness.folder, at: .time(inside))
            )
        }
        #expect(fault?.code == .targetOutsideWindow)
        #expect(fault?.message.contains("its log has a gap there") == true)
        #expect(fault?.hints.count == 3)
        let late = await #expect(throws: Fault.self) {
            try await component.planRestore(
                harness.request(
                    to: harness.folder,
                    at: .time(SystemClock().now() + .seconds(1_000))
                )
            )
        }
        #expect(late?.message.contains("its log ends before that") == true)
    }

    @Test func `the log goes on at a replica that became the master`() async throws {
        let seed = UInt64.random(in: 0...(.max))
        var generator = SeededGenerator(seed: seed)
        let master = try RedisServer.beating()
        defer { master.remove() }
        let replica = try RedisServer.beating(.redis7, ["--replicaof", "127.0.0.1 \(master.port)"])
        defer { replica.remove() }
        let harness = try await Harness()
        try await harness.wait("the replica is in step") {
            try await replica.run("INFO", "replication").text?.contains("link_status:up") == true
        }
        try await harness.receiving(master.replayed) {
            try await Self.write(master, &generator)
            _ = try await harness.moment(of: master)
        }
        let digest = try await master.contentDigest()
        try await harness.wait("the replica has all") {
            try await replica.contentDigest() == digest
        }
        master.stop()
        try await replica.run("REPLICAOF", "NO", "ONE")
        let component = replica.replayed
        try await harness.receiving(component) {
            try await Self.write(replica, &generator)
            _ = try await harness.moment(of: replica)
            // The new master may be of another version, so it is the beginning of what it sends.
            try await harness.wait("there is a snapshot of it") {
                try await harness.snapshots() == 2
            }
        }
        #expect(try await harness.epochs().count == 1)
        #expect(
            try await harness.digest(of: component, at: .latest, .redis7)
                == replica.contentDigest(),
            "seed \(seed)"
        )
    }

    @Test func `a server that lost its history begins another one`() async throws {
        let server = try RedisServer.beating()
        defer { server.remove() }
        try await server.run("SET", "a", "1")
        let harness = try await Harness()
        let component = server.replayed
        try await harness.receiving(component) {
            _ = try await harness.moment(of: server)
            server.stop()
            try server.start(RedisServer.beatingSettings)
            try await server.run("SET", "b", "2")
            try await harness.wait("there are two epochs and two snapshots") {
                let (epochs, snapshots) = try await (harness.epochs().count, harness.snapshots())
                return epochs == 2 && snapshots == 2
            }
            _ = try await harness.moment(of: server)
        }
        let keys = try await harness.restored(component, at: .latest, .redis7) {
            try await $0.run("KEYS", "*")
        }
        #expect(keys == .array([.bulk(Array("b".utf8))]))
    }

    @Test(arguments: [RedisProgram.redis7, .valkey9])
    func `what expired since then comes back as it was then`(kind: RedisProgram) async throws {
        let server = try RedisServer.beating(kind)
        defer { server.remove() }
        try await server.run("SET", "stays", "1")
        let harness = try await Harness()
        var component = server.replayed
        component.expiries = .drop
        let moment = try await harness.receiving(component) {
            _ = try await harness.moment(of: server)
            // Longer than any wait for the moment, so that it lives then.
            try await server.run("SET", "goes", "1", "PX", "3600000")
            let moment = try await harness.moment(of: server)
            try await server.run("PEXPIRE", "goes", "1")
            try await harness.wait("it has expired") {
                try await server.run("DBSIZE") == .integer(1)
            }
            _ = try await harness.moment(of: server)
            return moment
        }
        let then = try await harness.restored(component, at: .time(moment), kind) { server in
            [try await server.run("EXISTS", "goes"), try await server.run("PTTL", "goes")]
        }
        #expect(then == [.integer(1), .integer(-1)])
        let now = try await harness.restored(component, at: .latest, kind) {
            try await $0.run("EXISTS", "goes")
        }
        #expect(now == .integer(0))
    }

    @Test func `a running server goes back to a second, and so do chosen keys`() async throws {
        let server = try RedisServer.beating()
        defer { server.remove() }
        try await server.run("SET", "a", "0")
        let harness = try await Harness()
        let component = RedisComponent(
            name: "cache",
            address: RedisAddress(endpoint: .tcp(host: "127.0.0.1", port: server.port)),
            replayProgram: FilePath(server.kind.path)
        )
        let moment = try await harness.receiving(component) {
            _ = try await harness.moment(of: server)
            try await server.run("MSET", "a", "1", "b", "1")
            let moment = try await harness.moment(of: server)
            try await server.run("MSET", "a", "2", "b", "2")
            _ = try await harness.moment(of: server)
            return moment
        }
        let request = harness.request(to: nil, at: .time(moment))
        let chosen = RedisLive(
            component,
            selection: try RedisSelection(names: ["a"]),
            safetyCopy: nil
        )
        let plan = try await chosen.planRestore(request)
        #expect(plan.point == moment)
        _ = try await chosen.restore(plan, request, progress: .silent)
        let mixed: [RedisReply] = [.bulk([0x31]), .bulk([0x32])]
        #expect(try await server.run("MGET", "a", "b") == .array(mixed))

        let all = RedisLive(component, safetyCopy: nil)
        _ = try await all.restore(try await all.planRestore(request), request, progress: .silent)
        #expect(try await server.run("MGET", "a", "b") == .array([.bulk([0x31]), .bulk([0x31])]))
    }
}
