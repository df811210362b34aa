import Foundation
import Model
import PostgresProtection
import Protection
import Synchronization
import SystemPackage
import TestKit
import Testing
import Vault

/// Nobody receives for longer than the server keeps its log.
@Suite(.serialized, .ownThreads) struct LostSlotTests {
    private func status(_ server: PostgresServer) throws -> String {
        try server.psql("select wal_status from pg_replication_slots")
    }

    /// Writes until the server has given up the slot.
    private func outgrow(_ server: PostgresServer) throws {
        for _ in 0..<20 where try status(server) != "lost" {
            try server.psql(
                "insert into ledger (note) select md5(g::text) from generate_series(1, 100000) g"
            )
            try server.psql("select pg_switch_wal()")
            try server.psql("checkpoint")
        }
        #expect(try status(server) == "lost")
    }

    @Test(arguments: [PostgresEdition.v15, .v16])
    func
        `a slot that lost its log is made anew, the gap is refused, and a base backup is wanted and mends it`(
            edition: PostgresEdition
        ) async throws
    {
        let server = try PostgresServer.make(
            settings: [
                "max_slot_wal_keep_size": "48MB", "max_wal_size": "64MB", "min_wal_size": "32MB",
            ],
            binaries: edition.binaries
        )
        defer { server.remove() }
        try server.start()
        let cluster = try await ProtectedCluster(server: server)
        try server.psql("create table ledger (id serial primary key, note text)")
        let kept = try await cluster.receiving {
            try await cluster.backUp()
            try server.psql("insert into ledger (note) values ('kept')")
            let kept = try cluster.now()
            try await cluster.waitForHeartbeat(after: kept)
            return kept
        }
        // What goes on from the newest base needs no other.
        try await cluster.receiving { try await cluster.waitForHeartbeat(after: cluster.now()) }
        #expect(cluster.wantedBases.withLock { $0 } == 0)
        let gone = try await loseSlot(server, cluster)
        let late = try await cluster.receiving {
            try await cluster.waitForHeartbeat(after: cluster.now())
            // The gap lies further back now, and there is still no base behind it.
            try await cluster.waitForWantedBases(2)
            // From 16 on a slot that was lost once keeps nothing any more, although the log comes.
            #expect(try self.status(server) == "reserved")
            try await cluster.backUp()
            try await self.fill(server, cluster)
            let late = try cluster.now()
            try await cluster.waitForHeartbeat(after: late)
            #expect(try self.status(server) == "reserved")
            return late
        }
        #expect(cluster.notes.withLock { $0.contains { $0.contains("is missing: the server") } })
        try await cluster.receiving { try await cluster.waitForHeartbeat(after: cluster.now()) }
        #expect(cluster.wantedBases.withLock { $0 } == 2)
        let folder = cluster.scratch.path.appending("nowhere")
        let fault = await #expect(throws: Fault.self) {
            _ = try await cluster.component().planRestore(
                cluster.request(.time(gone), to: folder)
            )
        }
        #expect(fault?.code == .targetOutsideWindow)
        let (early, _) = try await cluster.restore(.time(kept))
        defer { early.remove() }
        #expect(try early.psql("select string_agg(note, ' ') from ledger") == "kept")
        let (restored, _) = try await cluster.restore(.time(late))
        defer { restored.remove() }
        #expect(
            try ClusterOracle(server: restored).contents()
                == ClusterOracle(server: server).contents()
        )
    }

    /// Writes until the slot is lost, then receives without a new base backup; tells a moment whose log is gone.
    private func loseSlot(
        _ server: PostgresServer,
        _ cluster: ProtectedCluster
    ) async throws -> Instant {
        try outgrow(server)
        let gone = try cluster.now()
        try await cluster.receiving {
            try await cluster.waitForHeartbeat(after: cluster.now())
            try await cluster.waitForWantedBases(1)
        }
        return gone
    }

    /// Writes more than the slot may keep, while somebody receives.
    private func fill(_ server: PostgresServer, _ cluster: ProtectedCluster) async throws {
        for _ in 0..<5 {
            try server.psql("insert into ledger (note) values ('more')")
            try server.psql("select pg_switch_wal()")
            try await cluster.waitForHeartbeat(after: try cluster.now())
            try server.psql("checkpoint")
        }
    }
}
