import Foundation
import Model
import SystemIO
import TestKit
import Testing

/// Redis through the real executable.
@Suite(.serialized, .ownThreads) struct RedisVerbTests {
    @Test func `a running server goes back, and what it held comes back again`() async throws {
        let server = try RedisServer("--repl-diskless-sync-delay", "0")
        defer { server.remove() }
        _ = try await server.ask("SET", "a", "old")
        _ = try await server.ask("SET", "b", "old", "EX", "5000")
        let playground = try await Playground.protecting(server)
        #expect(try await playground.run(["backup"]).code == 0)
        _ = try await server.ask("SET", "a", "new")
        _ = try await server.ask("SET", "c", "new")

        let live = ["restore", "web/redis", "--to", "live"]
        let unconfirmed = try await playground.run(live)
        #expect(unconfirmed.code == 15, "\(unconfirmed.text)")
        #expect(unconfirmed.text.contains("take a snapshot of the 3 keys"))
        #expect(try await server.ask("GET", "a") == "new")

        let restored = try await playground.run(live + ["--yes", "--ttl", "drop"])
        #expect(restored.code == 0, "\(restored.text)")
        #expect(restored.text.contains("what was there before is redis@2"), "\(restored.text)")
        #expect(try await server.ask("GET", "a") == "old")
        #expect(try await server.ask("EXISTS", "c") == "0")
        #expect(try await server.ask("TTL", "b") == "-1")

        let key = live + ["--at", "redis@2", "--key", "c", "--yes", "--no-safety-copy"]
        let merged = try await playground.run(key)
        #expect(merged.code == 0, "\(merged.text)")
        #expect(try await server.ask("MGET", "a", "c") == "old\nnew")
        let undone = try await playground.run(live + ["--at", "redis@2", "--yes"])
        #expect(undone.code == 0, "\(undone.text)")
        #expect(try await server.ask("MGET", "a", "c") == "new\nnew")
    }

    @Test(arguments: [
        (["--key", "a"], "Say so: --to live"), (["--ttl", "stretch"], "--ttl shift"),
        (["--to", "live", "--keep-existing"], "Choose some"),
        (["--to", "live", "--key", "a", "--listen", "::1"], "Leave it out"),
        (["--to", "live", "--db=-1"], "--db 3"),
    ])
    func `flags that contradict each other are refused`(flags: [String], hint: String)
        async throws
    {
        let server = try RedisServer()
        defer { server.remove() }
        let playground = try await Playground.protecting(server)
        let ending = try await playground.run(["restore", "web/redis"] + flags)
        #expect(ending.code == 2, "\(ending.text)")
        #expect(ending.text.contains(hint), "\(ending.text)")
    }

    @Test func `what is no Redis takes none of it`() async throws {
        let playground = try await Playground.initialised()
        for flags in [["--to", "live"], ["--ttl", "shift"]] {
            let ending = try await playground.run(["restore", "web/files"] + flags)
            #expect(ending.code == 2, "\(ending.text)")
        }
    }

    @Test func `replicas are seen by status and doctor, and a lost master is a problem`()
        async throws
    {
        let master = try RedisServer()
        defer { master.remove() }
        let replica = try RedisServer(stopped: ())
        defer { replica.remove() }
        try replica.start(["--replicaof", "127.0.0.1 \(master.port)"])
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline,
            try await !master.ask("INFO", "replication").contains("state=online")
        { try await Task.sleep(for: .milliseconds(50)) }
        let playground = try await Playground.protecting(master)
        let status = try await playground.run(["status"])
        #expect(
            status.output.contains("redis: replica 127.0.0.1:\(replica.port) follows"),
            "\(status.text)"
        )
        let json = try await playground.run(["status", "--json"])
        #expect(json.output.contains("\"followers\":[{\"name\":\"127.0.0.1:\(replica.port)\""))
        let doctor = try await playground.run(["doctor"])
        #expect(doctor.output.contains("redis, replication"), "\(doctor.text)")

        try playground.edit(":\(master.port)", ":\(replica.port)")
        let follower = try await playground.run(["status"])
        #expect(
            follower.output.contains("redis: it is a replica of 127.0.0.1:\(master.port), heard"),
            "\(follower.text)"
        )
        master.stop()
        while ContinuousClock.now < deadline,
            try await !replica.ask("INFO", "replication").contains("link_status:down")
        { try await Task.sleep(for: .milliseconds(50)) }
        let lost = try await playground.run(["doctor"])
        #expect(lost.code == 14, "\(lost.text)")
        #expect(lost.output.contains("REPLICAOF NO ONE"), "\(lost.text)")
        let told = try await playground.run(["status"])
        #expect(told.output.contains("and has lost it"), "\(told.text)")
    }

    @Test func `killed while the server loads, the next command says what mends it`()
        async throws
    {
        let server = try RedisServer(stopped: ())
        defer { server.remove() }
        // It loads a key in 20 ms: six seconds for all.
        try server.start([
            "--repl-diskless-sync-delay", "0", "--key-load-delay", "20000",
            "--loading-process-events-interval-bytes", "1024",
        ])
        _ = try await server.ask("DEBUG", "POPULATE", "300")
        let playground = try await Playground.protecting(server)
        #expect(try await playground.run(["backup"]).code == 0)
        _ = try await server.ask("FLUSHALL")
        _ = try await server.ask("SET", "newer", "1")
        let live = ["restore", "web/redis", "--to", "live", "--yes"]
        _ = try await playground.kill(live) { server.log.contains("Loading DB in memory") }
        // It loads the rest, and looks for a master that is gone: nobody can write to it.
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            let info = try await server.ask("INFO")
            if info.contains("\nloading:0"), info.contains("link_status:down") { break }
            try #require(ContinuousClock.now < deadline)
            try await Task.sleep(for: .milliseconds(50))
        }
        for arguments in [live, ["backup"], ["doctor"]] {
            let ending = try await playground.run(arguments)
            #expect(ending.code != 0, "\(ending.text)")
            #expect(ending.text.contains("REPLICAOF NO ONE"), "\(ending.text)")
            #expect(!ending.text.contains("Restore into"), "\(ending.text)")
        }
        _ = try await server.ask("REPLICAOF", "NO", "ONE")
        #expect(try await server.ask("DBSIZE") == "300")
        let back = try await playground.run(live + ["--at", "redis@2"])
        #expect(back.code == 0, "\(back.text)")
        #expect(try await server.ask("GET", "newer") == "1")
    }
}
