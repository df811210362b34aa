import Foundation
import Model
import PostgresProtection
import Protection
import SystemPackage
import TestKit
import Testing

/// Transactions, marks and the end of a base backup, just behind them and just before.
@Suite(.serialized, .ownThreads) struct RecoveryTargetTests {
    private func notes(_ server: PostgresServer) throws -> String {
        try server.psql("select coalesce(string_agg(note, ' ' order by id), '') from ledger")
    }

    private func add(_ note: String, _ server: PostgresServer) throws -> RecoveryTarget {
        let text = try server.psql(
            "insert into ledger (note) values ('\(note)'); select pg_current_xact_id()"
        )
        return .transaction(try #require(UInt32(text)))
    }

    private func addPrepared(_ note: String, _ server: PostgresServer) throws -> RecoveryTarget {
        let text = try server.psql(
            """
            begin; insert into ledger (note) values ('\(note)');
            select pg_current_xact_id(); prepare transaction 'p'
            """
        )
        try server.psql("commit prepared 'p'")
        return .transaction(try #require(UInt32(text)))
    }

    @Test func `every kind of target is reached, on the side that was asked for`() async throws {
        let server = try PostgresServer.make(settings: ["max_prepared_transactions": "5"])
        defer { server.remove() }
        try server.start()
        let cluster = try await ProtectedCluster(server: server)
        try server.psql("create table ledger (id serial primary key, note text)")
        let ends = try await cluster.receiving {
            try await cluster.backUp()
            let one = try self.add("one", server)
            try server.psql("select pg_create_restore_point('before-migration')")
            let two = try self.add("two", server)
            try server.psql("select pg_create_restore_point('before-migration')")
            let three = try self.addPrepared("three", server)
            _ = try self.add("four", server)
            try await cluster.waitForHeartbeat(after: cluster.now())
            return (one, two, three)
        }
        let rows: [(RecoveryTarget, Bool, String)] = [
            (ends.0, false, "one"), (ends.0, true, ""), (ends.1, false, "one two"),
            (ends.1, true, "one"), (ends.2, false, "one two three"), (ends.2, true, "one two"),
            // Of two marks of a name the newer one is meant.
            (.mark("before-migration"), false, "one two"), (.consistent, false, ""),
        ]
        for (target, isExclusive, expected) in rows {
            let restored = try await cluster.layOut(target, isExclusive: isExclusive)
            try restored.server.adoptData()
            try restored.server.start()
            let name = "\(target), \(isExclusive)"
            #expect(try notes(restored.server) == expected, "\(name)")
            #expect(restored.plan.notBefore != nil, "\(name)")
            try ClusterOracle(server: restored.server).prove(hasAmcheck: true, hasChecksums: true)
            restored.server.remove()
        }
    }

    @Test func `what the log does not hold is refused, with what it does`() async throws {
        let server = try PostgresServer.make()
        defer { server.remove() }
        try server.start()
        let cluster = try await ProtectedCluster(server: server)
        try await cluster.receiving {
            try await cluster.backUp()
            try server.psql("select pg_create_restore_point('friday')")
            try await cluster.waitForHeartbeat(after: cluster.now())
        }
        let folder = cluster.scratch.path.appending("nowhere")
        for target in [RecoveryTarget.mark("monday"), .transaction(4_000_000_000)] {
            let fault = await #expect(throws: Fault.self) {
                _ = try await cluster.component().planRestore(cluster.request(target, to: folder))
            }
            #expect(fault?.code == .targetOutsideWindow)
            #expect(fault?.hints.contains { $0.contains("mark:friday") } == true)
            #expect(fault?.hints.contains { $0.hasPrefix("Choose a point from 20") } == true)
        }
        for target in [RecoveryTarget.latest, .consistent] {
            var request = cluster.request(target, to: folder)
            request.isExclusive = true
            let fault = await #expect(throws: Fault.self) {
                _ = try await cluster.component().planRestore(request)
            }
            #expect(fault?.code == .invalidValue)
        }
    }
}
