import Foundation
import Model
import PostgresProtection
import Protection
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

@Suite(.serialized, .ownThreads) struct ClusterRecoveryTests {
    private func ledger(_ server: PostgresServer) throws -> String {
        try server.psql("select count(*), coalesce(sum(hashtext(id::text || note)), 0) from ledger")
    }

    @Test(arguments: [PostgresSettings.Method.replication, .direct])
    func `comes back to a chosen second under load`(method: PostgresSettings.Method) async throws {
        let server = try PostgresServer.make()
        try server.start()
        let cluster = try await ProtectedCluster(server: server)
        _ = try server.run(
            "pgbench",
            server.connectionArguments + ["-i", "-s", "5", "-q", "postgres"]
        )
        _ = try server.psql(
            "create table ledger (id serial primary key, note text, at timestamptz default clock_timestamp())"
        )
        let (moment, expected) = try await cluster.receiving {
            let load = try server.launch(
                "pgbench",
                server.connectionArguments + ["-c", "2", "-T", "8", "-n", "postgres"]
            )
            _ = try server.psql(
                "insert into ledger (note) select md5(g::text) from generate_series(1, 1000) g"
            )
            try await cluster.backUp(method)
            _ = try server.psql(
                "insert into ledger (note) select md5(g::text) from generate_series(1, 500) g"
            )
            let expected = try self.ledger(server)
            let moment = try cluster.now()
            try await Task.sleep(for: .seconds(2))
            _ = try server.psql("delete from ledger")
            try await cluster.waitForHeartbeat(after: cluster.now())
            load.terminate()
            return (moment, expected)
        }
        let (restored, outcome) = try await cluster.restore(.time(moment))
        #expect(try ledger(restored) == expected)
        #expect(outcome.problems.isEmpty)
        #expect((outcome.point ?? moment) <= moment)
        try ClusterOracle(server: restored).prove(hasAmcheck: true, hasChecksums: true)
        restored.remove()
        let (latest, _) = try await cluster.restore(.latest)
        #expect(try ledger(latest).hasPrefix("0|"))
        try ClusterOracle(server: latest).prove(hasAmcheck: true, hasChecksums: true)
        latest.remove()
        server.remove()
    }

    @Test func `a second backup stores only new pages`() async throws {
        let server = try PostgresServer.make()
        try server.start()
        let cluster = try await ProtectedCluster(server: server)
        _ = try server.run(
            "pgbench",
            server.connectionArguments + ["-i", "-s", "10", "-q", "postgres"]
        )
        let first = try await cluster.backUp(.direct)
        let again = try await cluster.backUp(.direct)
        #expect(again.head.sizes.added * 20 < first.head.sizes.added)
        let other = try await cluster.backUp(.replication)
        #expect(other.head.sizes.added * 20 < first.head.sizes.added)
        server.remove()
    }

    @Test func `an idle minute is a legal target and what lies outside the window is refused`()
        async throws
    {
        let server = try PostgresServer.make()
        try server.start()
        let cluster = try await ProtectedCluster(server: server)
        _ = try server.psql("create table ledger (id serial primary key, note text)")
        let before = try cluster.now()
        let (moment, end) = try await cluster.receiving {
            try await cluster.backUp()
            _ = try server.psql("insert into ledger (note) values ('kept')")
            try await Task.sleep(for: .seconds(3))
            let moment = try cluster.now()
            try await cluster.waitForHeartbeat(after: moment)
            return (moment, try cluster.now())
        }
        let (restored, _) = try await cluster.restore(.time(moment), recovers: false)
        #expect(try ledger(restored).hasPrefix("1|"))
        try ClusterOracle(server: restored).prove(hasAmcheck: true, hasChecksums: true)
        restored.remove()
        let folder = cluster.scratch.path.appending("nowhere")
        for target in [before, end + .seconds(3600)] {
            let fault = await #expect(throws: Fault.self) {
                _ = try await cluster.component().planRestore(
                    cluster.request(.time(target), to: folder)
                )
            }
            #expect(fault?.code == .targetOutsideWindow)
            #expect(fault?.hints.first?.contains("Choose a point from 20") == true)
        }
        #expect(try FileSystem.status(folder) == nil)
        server.remove()
    }

    @Test func `a cluster with a tablespace comes back beside its data directory`() async throws {
        let server = try PostgresServer.make()
        let outside = server.root.appending(path: "space")
        try FileManager.default.createDirectory(at: outside, withIntermediateDirectories: true)
        try server.own(outside)
        try server.start()
        let cluster = try await ProtectedCluster(server: server)
        _ = try server.psql("create tablespace space location '\(outside.path)'")
        _ = try server.psql(
            "create table ledger (id serial primary key, note text) tablespace space"
        )
        _ = try server.psql(
            "insert into ledger (note) select md5(g::text) from generate_series(1, 5000) g"
        )
        let expected = try ledger(server)
        for method in [PostgresSettings.Method.direct, .replication] {
            try await cluster.backUp(method)
            let (restored, _) = try await cluster.restore(.latest)
            #expect(try ledger(restored) == expected)
            try ClusterOracle(server: restored).prove(hasAmcheck: true, hasChecksums: true)
            restored.remove()
        }
        server.remove()
    }
}
