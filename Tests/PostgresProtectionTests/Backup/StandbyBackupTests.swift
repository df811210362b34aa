import Foundation
import Model
import PostgresProtection
import Protection
import SystemIO
import TestKit
import Testing
import Vault

/// Base backups from a standby, with a real pair.
@Suite(.serialized, .ownThreads) struct StandbyBackupTests {
    private func standby(of primary: PostgresServer) throws -> PostgresServer {
        let standby = try PostgresServer.emptyDirectory()
        try primary.run(
            "pg_basebackup",
            primary.connectionArguments + ["-D", standby.data.path, "-R", "-c", "fast"]
        )
        try standby.adoptData()
        try standby.start()
        return standby
    }

    @Test(arguments: [PostgresSettings.Method.sql, .direct, .replication])
    func `a backup from a standby comes back`(method: PostgresSettings.Method) async throws {
        let primary = try PostgresServer.make()
        try primary.start()
        let standby = try standby(of: primary)
        try SchemaChurn.prepare(primary, space: nil)
        let cluster = try await ProtectedCluster(server: standby)
        let expected = try await cluster.receiving {
            let churn = SchemaChurn(primary)
            async let changes: Void = churn.run(space: nil)
            let snapshot = try await cluster.backUp(method)
            #expect(snapshot.head.facts["method"] == method.rawValue)
            #expect(snapshot.head.problems == 0)
            churn.stop()
            try await changes
            let expected = try ClusterOracle(server: primary).contents()
            try await ServerPair.wait(for: standby, primary)
            let end = try primary.psql("select pg_current_wal_lsn()")
            try await cluster.waitForLog(try #require(LSN(end)))
            return expected
        }
        let (restored, outcome) = try await cluster.restore(.latest)
        let oracle = ClusterOracle(server: restored)
        #expect(try oracle.contents() == expected)
        #expect(outcome.problems.isEmpty)
        try oracle.prove(hasAmcheck: true, hasChecksums: true)
        restored.remove()
        standby.remove()
        primary.remove()
    }

    @Test func `a promotion in the middle and a primary without full pages refuse the backup`()
        async throws
    {
        let primary = try PostgresServer.make()
        try primary.start()
        let standby = try standby(of: primary)
        try SchemaChurn.prepare(primary, space: nil)
        try primary.psql("alter system set full_page_writes = off")
        try primary.psql("select pg_reload_conf()")
        try primary.psql("checkpoint")
        try primary.psql("insert into ledger (note) values ('torn pages are not repaired')")
        try await ServerPair.wait(for: standby, primary)
        let cluster = try await ProtectedCluster(server: standby)
        for method in [PostgresSettings.Method.sql, .replication] {
            let fault = await #expect(throws: Fault.self) { try await cluster.backUp(method) }
            #expect(
                fault?.message.contains("full_page_writes=off") == true,
                "\(fault?.message ?? "")"
            )
        }
        try primary.psql("alter system reset full_page_writes")
        try primary.psql("select pg_reload_conf()")
        try primary.psql("checkpoint")
        try await ServerPair.wait(for: standby, primary)
        try standby.psql("checkpoint")
        cluster.gate.shut()
        async let backup = cluster.ending(cluster.settings(.sql))
        defer { cluster.gate.open() }
        let deadline = ContinuousClock.now + .seconds(300)
        let begun =
            "select count(*) from pg_stat_activity where query like '%pg_backup_start%' and pid <> pg_backend_pid() and state = 'idle'"
        while try standby.psql(begun) == "0" { try #require(ContinuousClock.now < deadline) }
        try standby.psql("select pg_promote(wait_seconds => 300)")
        cluster.gate.open()
        let ending = await backup
        let fault = #expect(throws: Fault.self) { try ending.get() }
        #expect(
            fault?.message.contains("the standby was promoted") == true,
            "\(fault?.message ?? "")"
        )
        #expect(try await cluster.vault.snapshots(of: cluster.stream).snapshots.isEmpty)
        standby.remove()
        primary.remove()
    }
}
