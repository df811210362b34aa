import Foundation
import Model
import ObjectStorage
import Protection
import RedisProtection
import RedisWire
import Synchronization
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// Restores into real servers that run.
@Suite(.serialized, .ownThreads) struct RedisLiveTests {
    static let hour: Int64 = 3_600_000

    static func now() -> Int64 { SystemClock().now().seconds * 1_000 }

    static func server(
        _ arguments: [String] = [],
        _ kind: RedisProgram = .redis7
    ) throws -> RedisServer {
        let server = try RedisServer(stopped: (), kind)
        try server.start(["--repl-diskless-sync-delay", "0"] + arguments)
        return server
    }

    /// A server with keys of six types in two databases that was backed up.
    static func source(
        _ kind: RedisProgram = .redis7,
        _ count: Int = 3_000
    ) async throws -> (RedisServer, Harness) {
        let server = try server([], kind)
        try await server.fill(count, expiry: now() + hour)
        let harness = try await Harness()
        _ = try await harness.backUp(RedisComponent(name: "cache", address: server.address))
        return (server, harness)
    }

    static func restore(_ live: RedisLive, _ harness: Harness) async throws
        -> (RestorePlan, RestoreOutcome)
    {
        let request = harness.request(to: nil)
        let plan = try await live.planRestore(request)
        return (plan, try await live.restore(plan, request, progress: .silent))
    }

    static func live(
        _ server: RedisServer,
        _ selection: RedisSelection? = nil,
        expiries: RedisExpiries = .keep,
        safetyCopy: RedisLive.SafetyCopy? = nil
    ) -> RedisLive {
        // Over TCP: the server fetches the data from where it is reached.
        var component = RedisComponent(
            name: "cache",
            address: RedisAddress(endpoint: .tcp(host: "127.0.0.1", port: server.port))
        )
        component.expiries = expiries
        return RedisLive(component, selection: selection, safetyCopy: safetyCopy)
    }

    // MARK: All data

    @Test(arguments: [RedisProgram.redis7, .redis8, .valkey9])
    func `a running server takes over all data, and keeps it over its next start`(
        kind: RedisProgram
    ) async throws {
        let (source, harness) = try await Self.source(kind)
        defer { source.remove() }
        let target = try Self.server(["--appendonly", "yes"], kind)
        defer { target.remove() }
        try await target.run("SET", "of before", "1")
        let saved = Mutex<[Instant?]>([])
        let live = Self.live(target) { point, _ async throws(Fault) in
            saved.withLock { $0.append(point) }
            return "cache@9"
        }
        let (plan, outcome) = try await Self.restore(live, harness)
        #expect(plan.place?.contains("running server at 127.0.0.1") == true)
        #expect(plan.steps.contains { $0.contains("snapshot of the 1 keys") }, "\(plan.steps)")
        #expect(saved.withLock { $0 } == [plan.point])
        #expect(outcome.lines.contains("what was there before is cache@9"))
        #expect(outcome.problems == [])
        #expect(try await target.contentDigest() == source.contentDigest())
        let role = try await target.run("INFO", "replication").text ?? ""
        #expect(role.contains("role:master") && role.contains("connected_slaves:0"))
        try await target.run("SET", "afterwards", "1")
        let later = try await target.contentDigest()
        try await target.waitForAppendOnlyFile()
        target.stop()
        try target.start(["--appendonly", "yes"])
        #expect(try await target.contentDigest() == later)
    }

    @Test func `an empty server needs no safety copy, and a failed one changes nothing`()
        async throws
    {
        let (source, harness) = try await Self.source()
        defer { source.remove() }
        let target = try Self.server()
        defer { target.remove() }
        let failing = Self.live(target) { _, _ async throws(Fault) in
            throw Fault(.invalidValue, "unable to save")
        }
        _ = try await Self.restore(failing, harness)
        let digest = try await target.contentDigest()
        #expect(try await source.contentDigest() == digest)
        try await target.run("SET", "newer", "1")
        let newer = try await target.contentDigest()
        let fault = await #expect(throws: Fault.self) {
            _ = try await Self.restore(failing, harness)
        }
        #expect(fault?.code == .invalidValue)
        #expect(try await target.contentDigest() == newer)
    }

    @Test func `a server that does not come for the data is its own master afterwards`()
        async throws
    {
        let (source, harness) = try await Self.source(.redis7, 100)
        defer { source.remove() }
        let target = try Self.server()
        defer { target.remove() }
        try await target.run("SET", "of before", "1")
        let digest = try await target.contentDigest()
        // Nothing listens at an address that is not this host's.
        let live = RedisLive(
            RedisComponent(name: "cache", address: target.address),
            listen: "192.0.2.1",
            safetyCopy: nil
        )
        let fault = await #expect(throws: Fault.self) {
            _ = try await Self.restore(live, harness)
        }
        #expect(fault?.code == .redisHandover)
        #expect(fault?.hints.contains { $0.contains("--listen") } == true)
        #expect(try await target.contentDigest() == digest)
        #expect(try await target.run("INFO", "replication").text?.contains("role:master") == true)
    }

    @Test func `a cancelled restore leaves a server that is its own master`() async throws {
        let (source, harness) = try await Self.source(.redis7, 500)
        defer { source.remove() }
        // It loads a key in 200 ms, so until it is told to hurry: a replica that obeys nobody.
        let target = try Self.server([
            "--key-load-delay", "200000", "--loading-process-events-interval-bytes", "1024",
        ])
        defer { target.remove() }
        var patience = RedisPatience.standard
        patience.loading = .seconds(600)
        let live = RedisLive(
            RedisComponent(
                name: "cache",
                address: RedisAddress(endpoint: .tcp(host: "127.0.0.1", port: target.port)),
                patience: patience
            ),
            safetyCopy: nil
        )
        let request = harness.request(to: nil)
        let plan = try await live.planRestore(request)
        let fault = await withTaskGroup(of: Fault?.self) { group in
            group.addTask {
                do throws(Fault) {
                    _ = try await live.restore(plan, request, progress: .silent)
                    return nil
                } catch { return error }
            }
            while !target.log.contains("MASTER <-> REPLICA sync: Loading DB in memory") {
                try? await Task.sleep(for: .milliseconds(20))
            }
            group.cancelAll()
            _ = try? await target.run("CONFIG", "SET", "key-load-delay", "0")
            return await group.next() ?? nil
        }
        #expect(fault?.code == .cancelled)
        #expect(try await target.run("INFO", "replication").text?.contains("role:master") == true)
        #expect(try await target.run("SET", "k", "v") == .status("OK"))
    }

    // MARK: Refusals

    @Test func `what a server would not load never reaches it`() async throws {
        let (source, harness) = try await Self.source(.redis8, 100)
        defer { source.remove() }
        for kind in [RedisProgram.redis7, .valkey9] {
            let target = try Self.server([], kind)
            defer { target.remove() }
            try await target.run("SET", "of before", "1")
            let digest = try await target.contentDigest()
            for selection in [nil, try RedisSelection(prefixes: ["key"])] {
                let fault = await #expect(throws: Fault.self) {
                    _ = try await Self.restore(Self.live(target, selection), harness)
                }
                #expect(fault?.code.id == "E-REDIS-VERSION")
                #expect(fault?.code.exit == .refused)
                #expect(fault?.message.contains("Redis 8.2.3") == true)
            }
            #expect(try await target.contentDigest() == digest)
            #expect(!target.log.contains("REPLICAOF"))
        }
    }

    @Test func `a damaged RDB never reaches a server`() async throws {
        let (source, harness) = try await Self.source(.redis7, 400)
        defer { source.remove() }
        let target = try Self.server()
        defer { target.remove() }
        try await target.run("SET", "of before", "1")
        let digest = try await target.contentDigest()
        let request = harness.request(to: nil)
        let all = Self.live(target)
        let plan = try await all.planRestore(request)
        let some = Self.live(target, try RedisSelection(names: ["key:0"]))
        // Damage that came after the plan, too.
        for (name, bytes) in harness.store.contents where name.text.hasPrefix("packs/") {
            harness.store.tamper(name, nil)
            for live in [all, some] {
                let fault = await #expect(throws: Fault.self) {
                    _ = try await live.restore(plan, request, progress: .silent)
                }
                #expect(fault?.code.exit == .damaged)
                await #expect(throws: Fault.self) { _ = try await live.planRestore(request) }
            }
            harness.store.tamper(name, bytes)
        }
        // An RDB that was damaged, cut or too new before it came into the vault.
        let magic = Array("REDIS0010".utf8)
        let end: [UInt8] = [0xFF, 0, 0, 0, 0, 0, 0, 0, 0]
        for (bytes, id) in [
            (magic + [0, 1, 65, 1] + end, "E-RDB-DAMAGED"), (magic, "E-RDB-DAMAGED"),
            (magic + [0xFF, 1, 2, 3, 4, 5, 6, 7, 8], "E-RDB-DAMAGED"),
            (Array("REDIS0099".utf8) + end, "E-RDB-UNSUPPORTED"),
            (Array("VALKEY081".utf8) + end, "E-RDB-UNSUPPORTED"),
        ] {
            _ = try await harness.backUp { session async throws(Fault) in
                let file = session.chunks(sizeHint: 1)
                try await file.write(bytes[...])
                let content = try await file.finish()
                let entry = ManifestEntry(path: Array("dump.rdb".utf8), kind: .file, mode: 0o600)
                try session.add(entry, content: content)
                return BackupDraft(time: SystemClock().now(), facts: [:])
            }
            for live in [all, some] {
                let fault = await #expect(throws: Fault.self) {
                    _ = try await Self.restore(live, harness)
                }
                #expect(fault?.code.id == id)
            }
        }
        #expect(try await target.contentDigest() == digest)
        #expect(!target.log.contains("REPLICAOF"))
    }

    @Test func `servers that others depend on are refused`() async throws {
        let (source, harness) = try await Self.source(.redis7, 100)
        defer { source.remove() }
        let master = try Self.server()
        defer { master.remove() }
        let replica = try Self.server(["--replicaof", "127.0.0.1 \(master.port)"])
        defer { replica.remove() }
        try await Self.waitForLink(replica)
        let cluster = try RedisServer(stopped: ())
        defer { cluster.remove() }
        try cluster.start([
            "--cluster-enabled", "yes", "--cluster-port", "\(cluster.securePort)",
        ])
        for (server, fact) in [
            (master, "1 of its replicas would lose their data"),
            (replica, "it is a replica of 127.0.0.1:\(master.port)"),
            (cluster, "it is a node of a cluster"),
        ] {
            let fault = await #expect(throws: Fault.self) {
                _ = try await Self.restore(Self.live(server), harness)
            }
            #expect(fault?.code.id == "E-REDIS-TARGET")
            #expect(fault?.code.exit == .refused)
            #expect(fault?.message.contains(fact) == true, "\(String(describing: fault))")
        }
        // Chosen keys reach the replicas as any write does.
        let chosen = Self.live(master, try RedisSelection(names: ["key:0"]))
        #expect(try await Self.restore(chosen, harness).1.lines.first == "1 keys were put back")
        let few = try Self.server(["--databases", "2"])
        defer { few.remove() }
        let fault = await #expect(throws: Fault.self) {
            _ = try await Self.restore(Self.live(few), harness)
        }
        #expect(fault?.message.contains("keys in database 2, and the server has 2") == true)
    }

    static func waitForLink(_ replica: RedisServer) async throws {
        let deadline = ContinuousClock.now + .seconds(300)
        while ContinuousClock.now < deadline {
            let report = try await replica.run("INFO", "replication").text ?? ""
            if report.contains("master_link_status:up") { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("the replica found no master")
    }

    // MARK: Chosen keys

    @Test(arguments: [RedisProgram.redis7, .redis8, .valkey9])
    func `chosen keys come back beside what is there`(kind: RedisProgram) async throws {
        let (source, harness) = try await Self.source(kind, 2_000)
        defer { source.remove() }
        let target = try Self.server(["--appendonly", "yes"], kind)
        defer { target.remove() }
        for key in ["mine", "key:10", "key:100"] { try await target.run("SET", key, "newer") }
        let selection = try RedisSelection(databases: [0], names: ["key:4"], prefixes: ["key:10"])
        let (plan, outcome) = try await Self.restore(Self.live(target, selection), harness)
        // Of key:4, key:10, key:100 to 109 and key:1000 to 1099 those of database 0: the even ones.
        let expected = (0..<2_000).filter { index in
            index % 2 == 0 && (index == 4 || "\(index)".hasPrefix("10"))
        }
        #expect(plan.facts["keys"] == "\(expected.count)")
        #expect(outcome.lines.first == "\(expected.count) keys were put back")
        #expect(try await target.run("DBSIZE") == .integer(Int64(expected.count + 1)))
        #expect(try await target.run("GET", "mine") == .bulk(Array("newer".utf8)))
        for index in expected {
            let key = "key:\(index)"
            let digests = [
                try await source.run("DEBUG", "DIGEST-VALUE", key),
                try await target.run("DEBUG", "DIGEST-VALUE", key),
            ]
            #expect(digests[0] == digests[1], "\(key)")
            let expiry = try await source.run("PEXPIRETIME", key)
            #expect(try await target.run("PEXPIRETIME", key) == expiry)
        }
    }

    @Test func `keys that are there stay when that is asked for, expired ones stay away`()
        async throws
    {
        let source = try Self.server()
        defer { source.remove() }
        for key in ["a:1", "a:2", "b:1"] { try await source.run("SET", key, "old") }
        try await source.run("PEXPIREAT", "a:2", "\(Self.now() + Self.hour)")
        let harness = try await Harness()
        _ = try await harness.backUp(RedisComponent(name: "cache", address: source.address))
        let target = try Self.server()
        defer { target.remove() }
        for key in ["a:1", "a:2"] { try await target.run("SET", key, "new") }
        let keeping = try RedisSelection(prefixes: ["a:", "b:"], keepsExisting: true)
        let kept = try await Self.restore(Self.live(target, keeping), harness).1
        #expect(kept.lines.first == "1 keys were put back")
        #expect(try await target.run("GET", "a:1").text == "new")
        #expect(try await target.run("GET", "b:1").text == "old")

        let replacing = try RedisSelection(prefixes: ["a:"])
        let live = Self.live(target, replacing)
        let request = harness.request(to: nil, now: SystemClock().now() + .seconds(7_200))
        let plan = try await live.planRestore(request)
        let outcome = try await live.restore(plan, request, progress: .silent)
        #expect(outcome.lines.contains("1 keys had expired and were left out"))
        #expect(try await target.run("GET", "a:1").text == "old")
        #expect(try await target.run("GET", "a:2").text == "new")

        let none = await #expect(throws: Fault.self) {
            let nothing = try RedisSelection(prefixes: ["c:"])
            _ = try await Self.restore(Self.live(target, nothing), harness)
        }
        #expect(none?.code.id == "E-REDIS-KEYS")
    }
}
