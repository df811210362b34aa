import Foundation
import Model
import Protection
import RedisProtection
import RedisWire
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// The ways to restore a stopped Redis that people try: those that lose everything are refused.
@Suite(.serialized, .ownThreads) struct RedisWaysTests {
    private static func backedUp(_ arguments: [String]) async throws -> (RedisServer, Harness) {
        let server = try RedisServer(stopped: ())
        try server.start(["--repl-diskless-sync-delay", "0"] + arguments)
        try await server.fill(400, expiry: SystemClock().now().seconds * 1_000 + 3_600_000)
        if arguments.contains("yes") { try await server.waitForAppendOnlyFile() }
        let harness = try await Harness()
        _ = try await harness.backUp(RedisComponent(name: "cache", address: server.address))
        return (server, harness)
    }

    private static func component(_ server: RedisServer) -> RedisComponent {
        RedisComponent(name: "cache", address: server.address, directory: server.folder)
    }

    @Test(arguments: [[], ["appendonlydir"]])
    func `a new dump beside or instead of appendonly files is refused, whatever was deleted`(
        deleted: [String]
    ) async throws {
        let (server, harness) = try await Self.backedUp(["--appendonly", "yes"])
        defer { server.remove() }
        server.stop()
        let dump = server.folder.appending("dump.rdb")
        try DurableFile.replace(dump, with: Array("REDIS0010".utf8), mode: 0o600)
        for name in deleted { try FileSystem.removeTree(server.folder.appending(name)) }
        let disk = try server.disk()
        let fault = await #expect(throws: Fault.self) {
            _ = try await Self.component(server).planRestore(harness.request(to: nil))
        }
        #expect(fault?.code.id == "E-RESTORE-NOT-EMPTY")
        #expect(try server.disk() == disk)
    }

    @Test func `a server that starts from appendonly files never gets a dump`() async throws {
        let (server, harness) = try await Self.backedUp(["--appendonly", "yes"])
        defer { server.remove() }
        server.stop()
        try server.destroy()
        let request = harness.request(to: nil)
        let component = Self.component(server)
        let plan = try await component.planRestore(request)
        _ = try await component.restore(plan, request, progress: .silent)
        #expect(!server.has("dump.rdb"))
        #expect(server.has("appendonlydir/appendonly.aof.1.base.rdb"))
        #expect(server.has("appendonlydir/appendonly.aof.manifest"))
    }

    @Test func `without appendonly first and with it later everything stays`() async throws {
        let (server, harness) = try await Self.backedUp(["--appendonly", "yes"])
        defer { server.remove() }
        let digest = try await server.contentDigest()
        server.stop()
        try server.destroy()
        let component = RedisComponent(
            name: "cache",
            address: server.address,
            directory: server.folder,
            isAppendOnly: false
        )
        let request = harness.request(to: nil)
        let plan = try await component.planRestore(request)
        _ = try await component.restore(plan, request, progress: .silent)
        try server.start([])
        #expect(try await server.contentDigest() == digest)
        try await server.run("CONFIG", "SET", "appendonly", "yes")
        try await server.waitForAppendOnlyFile()
        server.stop()
        try server.start(["--appendonly", "yes"])
        #expect(try await server.contentDigest() == digest)
    }

    // MARK: Snapshots from a replica

    /// Waits until a replica follows.
    private static func waitForReplica(of master: RedisServer) async throws {
        let deadline = ContinuousClock.now + .seconds(300)
        while ContinuousClock.now < deadline,
            try await master.run("INFO", "replication").text?.contains("state=online") != true
        { try await Task.sleep(for: .milliseconds(50)) }
    }

    /// Backs up until something is so: a replica that got no processor for ten seconds is passed over, rightly.
    private static func facts(
        _ component: RedisComponent,
        _ harness: Harness,
        until isSo: ([String: String]) -> Bool
    ) async throws -> [String: String] {
        var facts = try await harness.backUp(component).head.facts
        for _ in 1...100 where !isSo(facts) {
            try await Task.sleep(for: .seconds(1))
            facts = try await harness.backUp(component).head.facts
        }
        return facts
    }

    @Test func `a replica that is in step sends the snapshot, and the master when none is`()
        async throws
    {
        let (master, harness) = try await Self.backedUp([])
        defer { master.remove() }
        let replica = try RedisServer(stopped: ())
        defer { replica.remove() }
        try replica.start([
            "--replicaof", "127.0.0.1 \(master.port)", "--repl-diskless-sync-delay", "0",
        ])
        try await RedisLiveTests.waitForLink(replica)
        let component = RedisComponent(
            name: "cache",
            address: RedisAddress(endpoint: .tcp(host: "127.0.0.1", port: master.port)),
            prefersReplica: true
        )
        // It confirms every second; before the first time nobody knows whether it is in step.
        try await Self.waitForReplica(of: master)
        let facts = try await Self.facts(component, harness) { $0["replica"] != nil }
        #expect(facts["replica"] == "127.0.0.1:\(replica.port)")
        #expect(facts["keys"] == "400")
        #expect(replica.log.contains("asks for synchronization"))
        replica.stop()
        let alone = try await harness.backUp(component).head.facts
        #expect(alone["replica"] == nil)
        #expect(alone["keys"] == "400")
        #expect(harness.told.contains { $0.contains("no replica is in step") })
    }

    @Test func `a replica whose address leads to another server does not send the snapshot`()
        async throws
    {
        let (master, harness) = try await Self.backedUp([])
        defer { master.remove() }
        let stranger = try RedisServer("--repl-diskless-sync-delay", "0")
        defer { stranger.remove() }
        try await stranger.run("SET", "of another", "1")
        let replica = try RedisServer(stopped: ())
        defer { replica.remove() }
        try replica.start([
            "--replicaof", "127.0.0.1 \(master.port)", "--replica-announce-ip", "127.0.0.1",
            "--replica-announce-port", "\(stranger.port)",
        ])
        try await RedisLiveTests.waitForLink(replica)
        try await Self.waitForReplica(of: master)
        let component = RedisComponent(
            name: "cache",
            address: RedisAddress(endpoint: .tcp(host: "127.0.0.1", port: master.port)),
            prefersReplica: true
        )
        let isTold = {
            harness.told.contains { $0.contains("does not confirm to be one of this server") }
        }
        let facts = try await Self.facts(component, harness) { _ in isTold() }
        #expect(facts["replica"] == nil)
        #expect(facts["keys"] == "400")
        #expect(isTold())
    }
}
