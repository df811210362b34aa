import Foundation
import Model
import PostgresProtection
import Protection
import Synchronization
import SystemPackage
import TestKit
import Testing
import Vault

/// A real Patroni cluster that fails over while its log is received.
@Suite(.serialized, .ownThreads) struct PatroniTests {
    private func now(_ patroni: PatroniCluster) throws -> Instant {
        let text = try patroni.psql(
            "select (extract(epoch from clock_timestamp()) * 1000000)::bigint"
        )
        return Instant(nanoseconds: (Int64(text) ?? 0) * 1000)
    }

    private func add(
        _ note: String,
        _ cluster: ProtectedCluster,
        _ patroni: PatroniCluster
    ) async throws -> Instant {
        try await cluster.waitForHeartbeat(after: try now(patroni))
        try patroni.psql("insert into ledger (note) values ('\(note)')")
        let moment = try now(patroni)
        try await cluster.waitForHeartbeat(after: moment)
        return moment
    }

    @Test(.timeLimit(.minutes(30)))
    func `Patroni fails over and switches over, and either side comes back without a gap`()
        async throws
    {
        let patroni = try PatroniCluster.start()
        defer { patroni.remove() }
        let place = try PostgresServer.emptyDirectory()
        defer { place.remove() }
        let cluster = try await ProtectedCluster(server: place)
        let parameters = patroni.parameters
        try patroni.psql("create table ledger (id serial primary key, note text)")
        let (base, moments) = try await cluster.receiving(parameters: parameters) {
            let base = try await cluster.backUp(parameters: parameters)
            var moments = [try await self.add("one", cluster, patroni)]
            try patroni.waitForFollower()
            let leader = try patroni.waitForLeader()
            try patroni.killLeader(leader)
            let next = try patroni.waitForLeader(but: leader)
            moments.append(try await self.add("two", cluster, patroni))
            try patroni.startNode(leader)
            try patroni.waitForFollower()
            try patroni.switchOver(from: next)
            moments.append(try await self.add("three", cluster, patroni))
            return (base, moments)
        }
        let notes = cluster.notes.withLock { $0 }
        #expect(!notes.contains { $0.contains("is missing") }, "\(notes)")
        let log = try await LogReader(cluster.vault, stream: cluster.stream)
        for timeline in [UInt32(1), 2, 3] {
            #expect(log.coverage(epoch: timeline).ranges.count == 1, "timeline \(timeline)")
        }
        #expect(try await PostgresComponent.standing(of: base, log: log)?.isWhole == true)
        let rows: [(Instant, String, String)] = [
            (moments[0], "1", "one"), (moments[1], "2", "one two"),
            (moments[2], "3", "one two three"),
        ]
        for (moment, timeline, expected) in rows {
            let restored = try await cluster.layOut(.time(moment))
            defer { restored.server.remove() }
            #expect(restored.plan.facts["timeline"] == timeline, "\(moment)")
            // Patroni's settings name its own folders.
            let data = restored.server.data.path
            try restored.server.adoptData(settings: [
                "hba_file": "'\(data)/pg_hba.conf'", "ident_file": "'\(data)/pg_ident.conf'",
                "archive_mode": "off",
            ])
            try restored.server.start()
            let found = try restored.server.psql(
                "select string_agg(note, ' ' order by id) from ledger"
            )
            #expect(found == expected, "\(moment)")
            try ClusterOracle(server: restored.server).prove(hasAmcheck: true, hasChecksums: true)
        }
    }
}
