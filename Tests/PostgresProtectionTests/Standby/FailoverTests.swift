import Foundation
import Model
import PostgresProtection
import Protection
import Synchronization
import SystemPackage
import TestKit
import Testing
import Vault

/// A real pair of servers that fails over while its log is received.
@Suite(.serialized, .ownThreads) struct FailoverTests {
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

    @Test func `two failovers in a row leave no gap, and either side of each comes back`()
        async throws
    {
        let pair = try await ServerPair.make()
        defer { pair.remove() }
        let (first, second) = (pair.first, pair.second)
        let cluster = try await ProtectedCluster(server: first)
        try first.psql("create table ledger (id serial primary key, note text)")
        let (base, moments) = try await cluster.receiving(parameters: pair.parameters) {
            let base = try await cluster.backUp(parameters: pair.parameters)
            var moments = [try await self.add("one", cluster, first)]
            try await ServerPair.wait(for: second, first)
            // A crash: the standby is promoted, and the old primary comes back by pg_rewind.
            try first.stop(.immediate)
            try second.psql("select pg_promote(wait_seconds => 300)")
            // The timeline shows a sign of life, so that the next moment is known to be its own.
            try await cluster.waitForHeartbeat(after: try cluster.now(second))
            moments.append(try await self.add("two", cluster, second))
            try ServerPair.rewind(first, to: second)
            moments.append(try await self.add("three", cluster, second))
            try await ServerPair.wait(for: first, second)
            // An orderly change of places.
            try second.stop()
            try first.psql("select pg_promote(wait_seconds => 300)")
            moments.append(try await self.add("four", cluster, first))
            return (base, moments)
        }
        #expect(cluster.notes.withLock { !$0.contains { $0.contains("is missing") } })
        let log = try await LogReader(cluster.vault, stream: cluster.stream)
        for timeline in [UInt32(1), 2, 3] {
            #expect(log.coverage(epoch: timeline).ranges.count == 1, "timeline \(timeline)")
        }
        #expect(try await PostgresComponent.standing(of: base, log: log)?.isWhole == true)
        let rows: [(RecoveryTarget, String, String)] = [
            (.time(moments[0]), "1", "one"), (.time(moments[1]), "2", "one two"),
            (.time(moments[2]), "2", "one two three"),
            (.time(moments[3]), "3", "one two three four"), (.latest, "3", "one two three four"),
        ]
        for (target, timeline, expected) in rows {
            let restored = try await cluster.layOut(target)
            defer { restored.server.remove() }
            #expect(restored.plan.facts["timeline"] == timeline, "\(target)")
            try restored.server.adoptData()
            try restored.server.start()
            let notes = try restored.server.psql(
                "select string_agg(note, ' ' order by id) from ledger"
            )
            #expect(notes == expected, "\(target)")
            guard case .latest = target else { continue }
            let oracle = ClusterOracle(server: restored.server)
            #expect(try oracle.contents() == ClusterOracle(server: first).contents())
            try oracle.prove(hasAmcheck: true, hasChecksums: true)
        }
    }

    @Test func `what was written between a failover and the next connection is no gap`()
        async throws
    {
        let pair = try await ServerPair.make()
        defer { pair.remove() }
        let (first, second) = (pair.first, pair.second)
        let cluster = try await ProtectedCluster(server: first)
        try first.psql("create table ledger (id serial primary key, note text)")
        let base = try await cluster.receiving(parameters: pair.parameters) {
            let base = try await cluster.backUp(parameters: pair.parameters)
            _ = try await self.add("one", cluster, first)
            try await ServerPair.wait(for: second, first)
            return base
        }
        // Nobody receives; the new primary has no slot, and keeps its log all the same for a while.
        try first.stop(.immediate)
        try second.psql("select pg_promote(wait_seconds => 300)")
        for number in 0..<3 {
            try second.psql("insert into ledger (note) values ('alone \(number)')")
            try second.psql("select pg_switch_wal()")
            try second.psql("checkpoint")
        }
        let late = try await cluster.receiving(parameters: pair.parameters) {
            try await self.add("late", cluster, second)
        }
        #expect(cluster.notes.withLock { !$0.contains { $0.contains("is missing") } })
        let log = try await LogReader(cluster.vault, stream: cluster.stream)
        #expect(try await PostgresComponent.standing(of: base, log: log)?.isWhole == true)
        let (restored, _) = try await cluster.restore(.time(late))
        defer { restored.remove() }
        #expect(try restored.psql("select count(*) from ledger") == "5")
    }
}
