import Foundation
import Model
import PostgresProtection
import Protection
import Synchronization
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// A restore into a data directory of the same cluster, damaged, older or newer.
@Suite(.serialized, .ownThreads) struct DeltaRestoreTests {
    private func filled(spaces: Int = 0) async throws -> (ProtectedCluster, [URL]) {
        let server = try PostgresServer.make()
        try server.start()
        let cluster = try await ProtectedCluster(server: server)
        try server.psql(
            "create table pile as select g, md5(g::text) m from generate_series(1, 40000) g"
        )
        try server.psql("create table ledger (id serial primary key, note text)")
        var places: [URL] = []
        for number in 0..<spaces {
            let place = server.root.appending(path: "space\(number)")
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            try server.own(place)
            places.append(place)
        }
        return (cluster, places)
    }

    private func renew(
        _ place: PostgresServer,
        _ cluster: ProtectedCluster,
        _ target: RecoveryTarget = .latest,
        recovers: Bool = true,
        progress: ProgressReporter = .silent
    ) async throws -> (plan: RestorePlan, outcome: RestoreOutcome) {
        var request = cluster.request(target, to: FilePath(place.data.path))
        request.isDelta = true
        let component = cluster.component(recovers: recovers)
        let plan = try await component.planRestore(request)
        return (plan, try await component.restore(plan, request, progress: progress))
    }

    private func refusal(_ place: PostgresServer, _ cluster: ProtectedCluster) async -> Fault? {
        await #expect(throws: Fault.self) { _ = try await renew(place, cluster) }
    }

    private func relation(_ server: PostgresServer, _ table: String) throws -> FilePath {
        FilePath(server.data.path).appending(
            try server.psql("select pg_relation_filepath('\(table)')")
        )
    }

    private func inode(_ path: FilePath) throws -> UInt64? { try FileSystem.status(path)?.inode }

    /// Damages a page, removes a file, adds files and a link that leads out, and changes a setting.
    private func damage(_ place: PostgresServer, _ pile: FilePath, _ gone: FilePath) throws {
        let file = try Descriptor.open(pile, .readWrite)
        try file.write([UInt8](repeating: 0xAA, count: 100), at: 5 * 8192 + 4000)
        try FileSystem.removeFile(gone)
        try place.append(["work_mem = '77MB'"])
        let data = FilePath(place.data.path)
        try DurableFile.create(data.appending("base/99"), with: [1], mode: 0o600)
        let outside = place.root.appending(path: "outside")
        try FileManager.default.createDirectory(at: outside, withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: outside.appending(path: "file"))
        try FileManager.default.createSymbolicLink(
            at: place.data.appending(path: "leads_out"),
            withDestinationURL: outside
        )
    }

    @Test func `what is damaged, newer or foreign is put right, and the rest stays as it lies`()
        async throws
    {
        let (cluster, _) = try await filled()
        let server = cluster.server
        defer { server.remove() }
        try await cluster.receiving {
            try await cluster.backUp()
            try server.psql("insert into ledger (note) values ('one')")
            try await cluster.waitForHeartbeat(after: try cluster.now())
        }
        let expected = try ClusterOracle(server: server).contents()
        let place = try await cluster.layOut(.latest).server
        defer { place.remove() }
        try place.adoptData()
        try place.start()
        try place.psql("create table later as select 1")
        try place.psql("update pile set m = 'changed' where g = 1")
        let pile = try relation(place, "pile")
        let gone = try relation(place, "ledger")
        try place.stop()
        let before = try inode(pile)
        try damage(place, pile, gone)
        let (plan, outcome) = try await renew(place, cluster)
        #expect(plan.steps.first?.contains("files stay") == true, "\(plan.steps)")
        #expect(plan.steps.contains { $0.contains("is lost") })
        #expect(outcome.problems.isEmpty)
        #expect(outcome.lines.first?.contains("were there already") == true, "\(outcome.lines)")
        #expect(outcome.lines.contains { $0.contains("leads_out was a symbolic link") })
        #expect(try inode(pile) == before)
        let data = FilePath(place.data.path)
        for name in ["base/99", "leads_out", "lifeboat", "postmaster.pid"] {
            #expect(try FileSystem.status(data.appending(name)) == nil, "\(name)")
        }
        let outside = place.root.appending(path: "outside/file")
        #expect(try Data(contentsOf: outside) == Data("mine".utf8))
        let configuration = place.data.appending(path: "postgresql.conf")
        #expect(try !String(contentsOf: configuration, encoding: .utf8).contains("77MB"))
        try place.adoptData()
        try place.start()
        let oracle = ClusterOracle(server: place)
        #expect(try oracle.contents() == expected)
        try oracle.prove(hasAmcheck: true, hasChecksums: true)
    }

    @Test func `a delta that is broken off starts no server, and goes on with the same words`()
        async throws
    {
        let (cluster, _) = try await filled()
        let server = cluster.server
        defer { server.remove() }
        try await cluster.backUp()
        let expected = try ClusterOracle(server: server).contents()
        let place = try await cluster.layOut(.latest).server
        defer { place.remove() }
        try place.adoptData()
        try place.start()
        try place.psql("update pile set m = 'changed'")
        let pile = try relation(place, "pile")
        try place.stop()
        for recovers in [true, false] {
            // The disk does not give back what was written.
            let spoils = Mutex(true)
            let reporter = ProgressReporter { event in
                guard event == .phase("verifying"), spoils.withLock({ $0 }) else { return }
                let file = try? Descriptor.open(pile, .readWrite)
                try? file?.write([1, 2, 3], at: 100)
            }
            try Descriptor.open(pile, .readWrite).write([9], at: 8192 + 500)
            let fault = await #expect(throws: Fault.self) {
                _ = try await renew(place, cluster, recovers: recovers, progress: reporter)
            }
            #expect(fault?.code == .damaged, "\(fault?.message ?? "")")
            #expect(throws: Fault.self) { try place.start() }
            let control = FilePath(place.data.path).appending("global/pg_control")
            #expect(try FileSystem.status(control) == nil)
            spoils.withLock { $0 = false }
            _ = try await renew(place, cluster, recovers: recovers, progress: reporter)
            try place.adoptData(settings: ["archive_mode": "off"])
            try place.start()
            if !recovers { try place.waitForWrites() }
            #expect(try ClusterOracle(server: place).contents() == expected)
            try place.stop()
        }
    }

    @Test func `a running server, another cluster and what is no cluster are refused untouched`()
        async throws
    {
        let (cluster, _) = try await filled()
        let server = cluster.server
        defer { server.remove() }
        try await cluster.backUp()
        let running = await refusal(server, cluster)
        #expect(running?.code == .serverRunning && running?.code.exit == .refused)
        #expect(running?.hints.contains { $0.contains("pg_ctl") } == true)
        #expect(try server.psql("select count(*) from pile") == "40000")
        let foreign = try PostgresServer.make()
        defer { foreign.remove() }
        let control = foreign.data.appending(path: "global/pg_control")
        let before = try Data(contentsOf: control)
        let other = await refusal(foreign, cluster)
        #expect(other?.code == .foreignCluster)
        #expect(other?.hints.first?.contains("leave --delta out") == true)
        #expect(try Data(contentsOf: control) == before)
        let empty = try PostgresServer.emptyDirectory()
        defer { empty.remove() }
        #expect(await refusal(empty, cluster)?.code == .deltaPlace)
        try FileManager.default.createDirectory(
            at: empty.data,
            withIntermediateDirectories: true
        )
        try Data("precious".utf8).write(to: empty.data.appending(path: "letter"))
        #expect(await refusal(empty, cluster)?.code == .deltaPlace)
        #expect(FileManager.default.fileExists(atPath: empty.data.path + "/letter"))
        // After a power cut postmaster.pid is there and nobody runs.
        try server.kill9()
        let limit = ContinuousClock.now + .seconds(300)
        while ContinuousClock.now < limit {
            let request = delta(of: server, cluster)
            if (try? await cluster.component().planRestore(request)) != nil { break }
        }
        #expect(server.pid != nil)
        _ = try await renew(server, cluster)
        try server.adoptData()
        try server.start()
        #expect(try server.psql("select count(*) from pile") == "40000")
    }

    private func delta(of server: PostgresServer, _ cluster: ProtectedCluster) -> RestoreRequest {
        var request = cluster.request(.latest, to: FilePath(server.data.path))
        request.isDelta = true
        return request
    }

    @Test func `tablespaces beside the data directory are taken over, others never`() async throws {
        let (cluster, spaces) = try await filled(spaces: 2)
        let server = cluster.server
        defer { server.remove() }
        try server.psql("create tablespace early location '\(spaces[0].path)'")
        try server.psql("create table far tablespace early as select generate_series(1, 20000) g")
        try await cluster.receiving {
            try await cluster.backUp()
            try server.psql("create tablespace late location '\(spaces[1].path)'")
            try server.psql(
                "create table farther tablespace late as select generate_series(1, 9) g"
            )
            try await cluster.waitForHeartbeat(after: try cluster.now())
        }
        let expected = try ClusterOracle(server: server).contents()
        let place = try await cluster.layOut(.latest).server
        defer {
            place.remove()
            try? FileManager.default.removeItem(atPath: place.data.path + ".tablespaces")
        }
        try place.adoptData()
        try place.start()
        let far = try relation(place, "far")
        try place.psql("delete from far where g > 10")
        try place.psql("drop table farther")
        try place.stop()
        let before = try FileSystem.followedStatus(far)?.inode
        let (plan, _) = try await renew(place, cluster)
        #expect(plan.steps.first?.contains("files stay") == true)
        #expect(try FileSystem.followedStatus(far)?.inode == before)
        try place.adoptData()
        try place.start()
        #expect(try ClusterOracle(server: place).contents() == expected)
        try place.stop()
        // The original's own tablespaces are not where a restore puts them.
        try server.stop()
        let kept = try FileManager.default.subpathsOfDirectory(atPath: spaces[0].path)
        _ = try await renew(server, cluster)
        defer { try? FileManager.default.removeItem(atPath: server.data.path + ".tablespaces") }
        #expect(try FileManager.default.subpathsOfDirectory(atPath: spaces[0].path) == kept)
        try server.adoptData()
        try server.start()
        #expect(try ClusterOracle(server: server).contents() == expected)
    }
}
