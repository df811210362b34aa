import Foundation
import Model
import ObjectStorage
import Protection
import RedisProtection
import RedisWire
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// Restores into the folders of stopped real servers.
@Suite(.serialized, .ownThreads) struct RedisRestoreTests {
    private static let hour: Int64 = 3_600_000

    private static func server(_ arguments: [String]) throws -> RedisServer {
        let server = try RedisServer(stopped: ())
        try server.start(["--repl-diskless-sync-delay", "0"] + arguments)
        return server
    }

    /// A small server that was backed up.
    private static func backedUp(
        _ count: Int = 400
    ) async throws -> (RedisServer, Harness, RedisComponent) {
        let server = try server([])
        try await server.fill(count, expiry: SystemClock().now().seconds * 1_000 + hour)
        let harness = try await Harness()
        let component = RedisComponent(name: "cache", address: server.address)
        _ = try await harness.backUp(component)
        return (server, harness, component)
    }

    private static func exists(_ path: FilePath) throws -> Bool {
        try FileSystem.status(path) != nil
    }

    @Test(arguments: [
        ["--appendonly", "no"], ["--appendonly", "yes"],
        ["--appendonly", "yes", "--appenddirname", "a b", "--appendfilename", "c.d"],
        ["--appendonly", "no", "--dbfilename", "other.rdb"],
    ])
    func `a destroyed server comes back as it was`(arguments: [String]) async throws {
        let server = try Self.server(arguments)
        defer { server.remove() }
        try await server.fill(20_000, expiry: SystemClock().now().seconds * 1_000 + Self.hour)
        let digest = try await server.contentDigest()
        let expiry = try await server.run("PEXPIRETIME", "key:2")
        let harness = try await Harness()
        let component = RedisComponent(
            name: "cache",
            address: server.address,
            directory: server.folder
        )
        let snapshot = try await harness.backUp(component)
        try await server.run("FLUSHALL")
        server.stop()
        try server.destroy()

        let request = harness.request(to: nil)
        let plan = try await component.planRestore(request)
        #expect(plan.destination == server.folder)
        #expect(plan.point == snapshot.head.time)
        #expect(plan.steps.first?.contains("20000 keys in 2 databases, 5000 of them") == true)
        #expect(plan.steps.contains("none of the keys has expired by now"))
        #expect(plan.steps.last?.contains("`appendonly \(arguments[1])`") == true)
        #expect(try server.disk() == [])
        let outcome = try await component.restore(plan, request, progress: .silent)
        #expect(outcome.bytes == plan.bytes)
        #expect(outcome.problems == [])
        #expect(outcome.lines.first?.hasPrefix("20000 keys") == true)
        #expect(try server.disk().contains { $0.contains(".tmp-") } == false)

        try server.start(arguments)
        #expect(try await server.contentDigest() == digest)
        #expect(try await server.run("PEXPIRETIME", "key:2") == expiry)
        // It survives the server's own next start too.
        server.stop()
        if arguments[1] == "yes" {
            try server.start(arguments)
            #expect(try await server.contentDigest() == digest)
        }
    }

    @Test func `a plan counts the keys that will have expired`() async throws {
        let (server, harness, component) = try await Self.backedUp()
        defer { server.remove() }
        let later = SystemClock().now() + .seconds(7_200)
        let request = harness.request(to: harness.folder, now: later)
        let plan = try await component.planRestore(request)
        #expect(plan.facts["expired"] == "100")
        #expect(plan.steps.contains { $0.hasPrefix("100 of the keys will have expired") })
        #expect(try Self.exists(harness.folder) == false)
        // Another folder than the running server's own is fine: so is a drill done.
        let final = harness.folder.appending("dump.rdb")
        let watch = ProgressReporter { event in
            guard case .advanced = event else { return }
            let isNamed = (try? Self.exists(final)) ?? true
            #expect(!isNamed, "unchecked bytes have a name that a server loads")
        }
        let outcome = try await component.restore(plan, request, progress: watch)
        #expect(outcome.lines.contains { $0.hasPrefix("100 of the keys have expired") })
        let file = try #require(try FileSystem.status(final))
        #expect(file.mode == 0o600)
        #expect(ByteCount(file.size) == outcome.bytes)
    }

    @Test func `a link of another account is refused, planned or planted later`() async throws {
        let (server, harness, component) = try await Self.backedUp()
        defer { server.remove() }
        let victim = harness.scratch.path.appending("victim")
        try FileSystem.makeDirectories(victim, mode: 0o755)
        let request = harness.request(to: harness.folder)
        let plan = try await component.planRestore(request)
        try PlantedLink.make(at: harness.folder, to: victim)
        let planned = await #expect(throws: Fault.self) {
            _ = try await component.planRestore(request)
        }
        let late = await #expect(throws: Fault.self) {
            _ = try await component.restore(plan, request, progress: .silent)
        }
        #expect(planned?.code == .restoreNotEmpty && late?.code == .restoreNotEmpty)
        #expect(try FileSystem.isEmptyDirectory(victim) == true)
    }

    @Test func `files belong to the account that was named, else to the folder's owner`()
        async throws
    {
        let (server, harness, component) = try await Self.backedUp()
        defer { server.remove() }
        #expect(Account.current.uid == 0, "this test gives files away")
        let named = RedisComponent(
            name: "cache",
            address: component.address,
            account: Account(uid: 4_242, gid: 4_243, name: "4242")
        )
        let deep = harness.folder.appending("deep")
        var request = harness.request(to: deep)
        var plan = try await named.planRestore(request)
        #expect(plan.steps.contains("give the files to 4242"))
        _ = try await named.restore(plan, request, progress: .silent)
        for path in [harness.folder, deep, deep.appending("dump.rdb")] {
            let status = try #require(try FileSystem.status(path))
            #expect(status.owner == 4_242 && status.group == 4_243)
        }
        let owned = harness.folder.appending("owned")
        request = harness.request(to: owned)
        plan = try await component.planRestore(request)
        _ = try await component.restore(plan, request, progress: .silent)
        #expect(try FileSystem.status(owned.appending("dump.rdb"))?.owner == 4_242)
    }

    @Test func `a folder that holds anything is refused and stays as it is`() async throws {
        let (server, harness, component) = try await Self.backedUp()
        defer { server.remove() }
        let request = harness.request(to: harness.folder)
        let plan = try await component.planRestore(request)
        try FileSystem.makeDirectories(harness.folder, mode: 0o700)
        try DurableFile.create(harness.folder.appending("x"), with: [1], mode: 0o600)
        for attempt in 0..<2 {
            let fault = await #expect(throws: Fault.self) {
                if attempt == 0 { _ = try await component.planRestore(request) }
                _ = try await component.restore(plan, request, progress: .silent)
            }
            #expect(fault?.code.id == "E-RESTORE-NOT-EMPTY")
            #expect(fault?.code.exit == .refused)
        }
        #expect(try Directory.open(harness.folder).names().map(\.description) == ["x"])
    }

    @Test func `a folder that a server runs on is refused`() async throws {
        let (server, harness, component) = try await Self.backedUp()
        defer { server.remove() }
        let configured = RedisComponent(
            name: "cache",
            address: server.address,
            directory: harness.folder
        )
        var stranger = server.address
        stranger.password = "wrong"
        stranger.user = "nobody"
        let locked = RedisComponent(name: "cache", address: stranger)
        let disk = try server.disk()
        // Where it was; by another path; what the configuration calls its folder; where it was, with a login that fails.
        let link = harness.scratch.path.appending("link")
        try FileManager.default.createSymbolicLink(
            atPath: link.string,
            withDestinationPath: server.directory.path
        )
        for (component, place) in [
            (component, nil), (component, link), (configured, nil), (configured, server.folder),
            (locked, nil),
        ] {
            let fault = await #expect(throws: Fault.self, "\(place?.string ?? "nil")") {
                _ = try await component.planRestore(harness.request(to: place))
            }
            #expect(fault?.code.id == "E-REDIS-RUNNING")
            #expect(fault?.code.exit == .refused)
        }
        #expect(try server.disk() == disk)
    }

    @Test func `a time before the first snapshot is refused`() async throws {
        let (server, harness, component) = try await Self.backedUp(10)
        defer { server.remove() }
        let fault = await #expect(throws: Fault.self) {
            let target = RecoveryTarget.time(Instant(seconds: 1_600_000_000))
            _ = try await component.planRestore(harness.request(to: harness.folder, at: target))
        }
        #expect(fault?.code == .noSnapshot)
    }

    @Test func `a damaged pack ends in a fault and in no file that a server would load`()
        async throws
    {
        let (server, harness, _) = try await Self.backedUp(4_000)
        defer { server.remove() }
        let component = RedisComponent(name: "cache", address: server.address, isAppendOnly: true)
        let request = harness.request(to: harness.folder)
        let plan = try await component.planRestore(request)
        _ = try await component.restore(plan, request, progress: .silent)
        let base = harness.folder.appending("appendonlydir/appendonly.aof.1.base.rdb")
        let whole = try DurableFile.read(base, limit: ByteCount(64 << 20))
        try FileSystem.removeTree(harness.folder)
        var faults = 0
        for (name, bytes) in harness.store.contents where name.text.hasPrefix("packs/") {
            // What lies before the frames are the envelopes: damage there looks like a key that does not fit.
            let front = 12 + bytes[8..<12].reduce(0) { $0 << 8 | Int($1) }
            for part in 0...10 {
                var damaged: [UInt8]? = bytes
                damaged?[front + (bytes.count - front) * part / 10 - part / 10] ^= 0x10
                // Last comes the pack that is gone.
                harness.store.tamper(name, part == 10 ? nil : damaged)
                do throws(Fault) {
                    _ = try await component.restore(plan, request, progress: .silent)
                    // Padding, and what only a search reads.
                    #expect(part < 10)
                    let restored = try DurableFile.read(base, limit: ByteCount(64 << 20))
                    #expect(restored == whole, "part \(part) of \(bytes.count) B")
                    try FileSystem.removeTree(harness.folder)
                } catch {
                    faults += 1
                    #expect(
                        error.code.exit == .damaged,
                        "part \(part) of \(bytes.count) B: \(error)"
                    )
                    #expect(try Self.exists(harness.folder) == false)
                }
            }
            harness.store.tamper(name, bytes)
        }
        print("damage noticed \(faults) times")
        #expect(faults >= 8)
        _ = try await component.restore(plan, request, progress: .silent)
        #expect(try Self.exists(base))
    }

    @Test func `a snapshot whose RDB is damaged or missing is refused`() async throws {
        let harness = try await Harness()
        let nobody = RedisAddress(endpoint: .tcp(host: "127.0.0.1", port: 1))
        let component = RedisComponent(name: "cache", address: nobody)
        let magic = Array("REDIS0010".utf8)
        let end: [UInt8] = [0xFF, 0, 0, 0, 0, 0, 0, 0, 0]
        for (entries, id) in [
            ([("dump.rdb", magic + end)], nil), ([("dump.rdb", magic)], "E-RDB-DAMAGED"),
            ([("dump.rdb", magic + end + [0])], "E-RDB-DAMAGED"),
            ([("other.rdb", magic + end)], "E-REDIS-SNAPSHOT"), ([], "E-REDIS-SNAPSHOT"),
            ([("a", [1]), ("dump.rdb", magic + end)], "E-REDIS-SNAPSHOT"),
            ([("dump.rdb", magic + end), ("e", [1]), ("f", [1])], "E-REDIS-SNAPSHOT"),
        ] as [([(String, [UInt8])], String?)] {
            _ = try await harness.backUp { session async throws(Fault) in
                for (path, bytes) in entries {
                    let file = session.chunks(sizeHint: 1)
                    try await file.write(bytes[...])
                    let content = try await file.finish()
                    let entry = ManifestEntry(path: Array(path.utf8), kind: .file, mode: 0o600)
                    try session.add(entry, content: content)
                }
                return BackupDraft(time: SystemClock().now(), facts: ["appendonly": "no"])
            }
            let request = harness.request(to: harness.folder)
            do throws(Fault) {
                let plan = try await component.planRestore(request)
                #expect(id == nil)
                #expect(plan.bytes == ByteCount(18))
            } catch {
                #expect(error.code.id == id)
                #expect(error.code.exit == .damaged)
            }
        }
    }

    @Test func `Redis 6 has no appendonly files of this form`() async throws {
        let harness = try await Harness()
        let nobody = RedisAddress(endpoint: .tcp(host: "127.0.0.1", port: 1))
        _ = try await harness.backUp { _ async throws(Fault) in
            let facts = ["appendonly": "yes", "redis_version": "6.2.14"]
            return BackupDraft(time: SystemClock().now(), facts: facts)
        }
        let fault = await #expect(throws: Fault.self) {
            let component = RedisComponent(name: "cache", address: nobody)
            _ = try await component.planRestore(harness.request(to: harness.folder))
        }
        #expect(fault?.code == .redisRestoreFiles)
        #expect(fault?.code.exit == .refused)
    }
}
