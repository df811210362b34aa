import Foundation
import Model
import PostgresProtection
import Protection
import SystemPackage
import TestKit
import Testing
import Vault

/// A moment leads to the timeline that it lies on.
@Suite(.serialized, .ownThreads) struct TimelineRestoreTests {
    private func notes(_ server: PostgresServer) throws -> String {
        try server.psql("select string_agg(note, ' ' order by id) from ledger")
    }

    private func add(
        _ note: String,
        _ cluster: ProtectedCluster,
        _ server: PostgresServer
    ) async throws -> Instant {
        try server.psql("insert into ledger (note) values ('\(note)')")
        let moment = try cluster.now(server)
        try await cluster.waitForHeartbeat(after: moment)
        return moment
    }

    @Test func `what was left behind by a restore stays restorable, to the second`() async throws {
        let server = try PostgresServer.make()
        defer { server.remove() }
        try server.start()
        let cluster = try await ProtectedCluster(server: server)
        try server.psql("create table ledger (id serial primary key, note text)")
        let (first, second, end) = try await cluster.receiving {
            try await cluster.backUp()
            let first = try await self.add("one", cluster, server)
            let end = try server.psql("select pg_current_wal_insert_lsn()")
            return (first, try await self.add("two", cluster, server), end)
        }
        try server.stop()
        // The owner goes back to the first moment, and works on from there.
        let (again, _) = try await cluster.restore(.time(first))
        defer { again.remove() }
        let third = try await cluster.receiving(from: again) {
            try await self.add("three", cluster, again)
        }
        let rows: [(RecoveryTarget, UInt32?, String, String)] = [
            (.time(first), nil, "1", "one"), (.time(second), nil, "1", "one two"),
            (.time(third), nil, "2", "one three"), (.latest, nil, "2", "one three"),
            (.latest, 1, "1", "one two"),
        ]
        for (target, timeline, chosen, expected) in rows {
            let restored = try await cluster.layOut(target, timeline: timeline)
            let name = "\(target), \(timeline.map { "\($0)" } ?? "-")"
            #expect(restored.plan.facts["timeline"] == chosen, "\(name)")
            #expect(restored.plan.steps.contains { $0.contains("timeline \(chosen)") }, "\(name)")
            // Two is taken, whichever timeline is followed.
            #expect(restored.outcome.lines.contains { $0.hasSuffix("to timeline 3") }, "\(name)")
            try restored.server.adoptData()
            try restored.server.start()
            #expect(try notes(restored.server) == expected, "\(name)")
            try ClusterOracle(server: restored.server).prove(hasAmcheck: true, hasChecksums: true)
            restored.server.remove()
        }
        let position = try #require(LSN(end))
        let folder = cluster.scratch.path.appending("nowhere")
        let plan = try await cluster.component().planRestore(
            cluster.request(.time(second), to: folder)
        )
        #expect(!plan.steps.contains { $0.contains("--timeline") })
        let both = try await cluster.component().planRestore(
            cluster.request(.lsn(position), to: folder, timeline: 1)
        )
        #expect(both.facts["timeline"] == "1")
        let fault = await #expect(throws: Fault.self) {
            _ = try await cluster.component().planRestore(
                cluster.request(.time(third), to: folder, timeline: 1)
            )
        }
        #expect(fault?.hints.contains { $0.hasSuffix("on timeline 1.") } == true)
    }

    @Test func `a mark behind the switch of a timeline that was left is found`() async throws {
        let server = try PostgresServer.make()
        defer { server.remove() }
        try server.start()
        let cluster = try await ProtectedCluster(server: server)
        try server.psql("create table ledger (id serial primary key, note text)")
        let (first, second) = try await cluster.receiving {
            try await cluster.backUp()
            try server.psql("select pg_create_restore_point('twice')")
            let first = try await self.add("one", cluster, server)
            let second = try await self.add("two", cluster, server)
            try server.psql("select pg_create_restore_point('twice')")
            try server.psql("select pg_create_restore_point('left')")
            _ = try await self.add("end", cluster, server)
            return (first, second)
        }
        try server.stop()
        let (again, _) = try await cluster.restore(.time(first))
        defer { again.remove() }
        _ = try await cluster.receiving(from: again) {
            try await self.add("three", cluster, again)
        }
        let folder = cluster.scratch.path.appending("nowhere")
        for name in ["twice", "left"] {
            let plan = try await cluster.component().planRestore(
                cluster.request(.mark(name), to: folder)
            )
            #expect(plan.facts["timeline"] == "1", "\(name)")
            #expect(plan.point.map { $0 > second } == true, "\(name)")
        }
    }

    @Test func `log that may begin in the middle of a timeline is not promised`() async throws {
        let server = try PostgresServer.make()
        defer { server.remove() }
        try server.start()
        let cluster = try await ProtectedCluster(server: server)
        try server.psql("create table ledger (id serial primary key, note text)")
        let (base, first) = try await cluster.receiving {
            let base = try await cluster.backUp()
            let first = try await self.add("one", cluster, server)
            for note in ["two", "three", "four"] {
                try server.psql("select pg_switch_wal()")
                _ = try await self.add(note, cluster, server)
            }
            return (base, first)
        }
        try server.stop()
        let (again, _) = try await cluster.restore(.time(first))
        defer { again.remove() }
        _ = try await cluster.receiving(from: again) {
            try await self.add("five", cluster, again)
        }
        #expect(try await standing(base, cluster)?.isWhole == false)
    }

    @Test func `the end of what was left is not the newest point`() async throws {
        let server = try PostgresServer.make(settings: ["max_wal_size": "64MB"])
        defer { server.remove() }
        try server.start()
        let cluster = try await ProtectedCluster(server: server)
        try server.psql("create table ledger (id serial primary key, note text)")
        let first = try await cluster.receiving {
            try await cluster.backUp()
            let first = try await self.add("one", cluster, server)
            _ = try await self.add("unwanted", cluster, server)
            return first
        }
        try server.stop()
        let (again, _) = try await cluster.restore(.time(first))
        defer { again.remove() }
        // Nobody receives, and the server forgets how its timeline began.
        try outrun(again)
        _ = try await cluster.receiving(from: again) {
            try await self.add("late", cluster, again)
        }
        let folder = cluster.scratch.path.appending("nowhere")
        let fault = await #expect(throws: Fault.self) {
            _ = try await cluster.component().planRestore(cluster.request(.latest, to: folder))
        }
        #expect(fault?.code == .targetOutsideWindow, "\(fault?.message ?? "")")
        #expect(fault?.message.contains("went on to timeline 2") == true)
        #expect(fault?.hints.contains { $0.hasSuffix("--at latest --timeline 1.") } == true)
        #expect(fault?.hints.contains { $0.hasPrefix("Choose a point from ") } == true)
        let left = try await cluster.layOut(.latest, timeline: 1)
        try left.server.adoptData()
        try left.server.start()
        #expect(try notes(left.server) == "one unwanted")
        try ClusterOracle(server: left.server).prove(hasAmcheck: true, hasChecksums: true)
        left.server.remove()
        // A base backup of what the server is now mends it.
        try await cluster.receiving(from: again) {
            try await cluster.backUp(server: again)
            _ = try await self.add("later", cluster, again)
        }
        let (restored, _) = try await cluster.restore(.latest)
        defer { restored.remove() }
        let count =
            "select count(*), max(note) filter (where note in ('unwanted', 'late')) from ledger"
        #expect(try restored.psql(count) == again.psql(count))
        #expect(try restored.psql(count).hasSuffix("|late"))
        try ClusterOracle(server: restored).prove(hasAmcheck: true, hasChecksums: true)
    }

    /// Writes so much log that nothing of what was there is kept.
    private func outrun(_ server: PostgresServer) throws {
        for _ in 0..<6 {
            try server.psql(
                "insert into ledger (note) select md5(g::text) from generate_series(1, 100000) g"
            )
            try server.psql("select pg_switch_wal()")
            try server.psql("checkpoint")
        }
    }

    @Test func `what lies behind a gap in the log is not promised`() async throws {
        let server = try PostgresServer.make(settings: ["max_wal_size": "64MB"])
        defer { server.remove() }
        try server.start()
        let cluster = try await ProtectedCluster(server: server)
        try server.psql("create table ledger (id serial primary key, note text)")
        let (base, kept) = try await cluster.receiving {
            let base = try await cluster.backUp()
            return (base, try await self.add("one", cluster, server))
        }
        let whole = try #require(try await standing(base, cluster))
        #expect(whole.isWhole && whole.until.map { $0 >= kept } == true)
        try server.dropSlot("lifeboat_shop")
        try outrun(server)
        let late = try await cluster.receiving {
            try await self.add("late", cluster, server)
        }
        let broken = try #require(try await standing(base, cluster))
        #expect(!broken.isWhole && broken.end == whole.end)
        #expect(broken.until.map { $0 < late } == true)
        let plan = try await cluster.component().planRestore(
            cluster.request(.latest, to: cluster.scratch.path.appending("nowhere"))
        )
        let gap = "careful: the log has a gap at \(whole.end)"
        #expect(plan.steps.contains { $0.hasPrefix(gap) }, "\(plan.steps)")
        let next = try await cluster.backUp()
        #expect(try await standing(next, cluster)?.isWhole == true)
    }

    @Test func `a base without its log is not promised, and an older whole one is taken`()
        async throws
    {
        let server = try PostgresServer.make()
        defer { server.remove() }
        try server.start()
        let cluster = try await ProtectedCluster(server: server)
        try server.psql("create table ledger (id serial primary key, note text)")
        let (first, second) = try await cluster.receiving {
            let first = try await cluster.backUp()
            _ = try await self.add("one", cluster, server)
            let second = try await cluster.backUp()
            _ = try await self.add("two", cluster, server)
            return (first, second)
        }
        let folder = cluster.scratch.path.appending("nowhere")
        let whole = try await cluster.component().planRestore(cluster.request(.latest, to: folder))
        #expect(whole.snapshot.id == second.id)
        let start = try #require(second.head.facts["start_lsn"].flatMap { LSN($0) })
        try forget(from: start, cluster)
        let lost = try #require(try await standing(second, cluster))
        #expect(!lost.isWhole && lost.end == start)
        let (restored, _) = try await cluster.restore(.latest)
        defer { restored.remove() }
        #expect(try notes(restored) == "one")
        try ClusterOracle(server: restored).prove(hasAmcheck: true, hasChecksums: true)
        try forget(from: LSN(0), cluster)
        let fault = await #expect(throws: Fault.self) {
            _ = try await cluster.component().planRestore(cluster.request(.latest, to: folder))
        }
        #expect(fault?.code == .logGap)
        #expect(try await standing(first, cluster)?.isWhole == false)
    }

    /// Removes the log of timeline 1 from a position on.
    private func forget(from position: LSN, _ cluster: ProtectedCluster) throws {
        let log = cluster.scratch.path.appending("vault/log/\(cluster.stream)/00000001")
        for name in try FileManager.default.contentsOfDirectory(atPath: log.string) {
            let end = name.split(separator: "-").dropFirst().first.flatMap { UInt64($0, radix: 16) }
            guard let end, end > position.value else { continue }
            try FileManager.default.removeItem(atPath: log.appending(name).string)
        }
    }

    private func standing(
        _ base: Snapshot,
        _ cluster: ProtectedCluster
    ) async throws -> LogStanding? {
        let log = try await LogReader(cluster.vault, stream: cluster.stream)
        return try await PostgresComponent.standing(of: base, log: log)
    }
}
