import Foundation
import Model
import PostgresProtection
import Protection
import TestKit
import Testing
import Vault

/// Backups of a server in the middle of things: temporary relations, indexes in the making, tablespaces that come and go.
@Suite(.serialized, .ownThreads) struct UnfinishedWorkTests {
    /// Files of temporary relations below a folder, such as `base/5/t3_16400`.
    private func temporary(_ paths: some Sequence<String>) -> [String] {
        paths.filter { path in
            let name = path.split(separator: "/").last ?? ""
            let parts = name.dropFirst().split(separator: "_", maxSplits: 1)
            return name.hasPrefix("t") && parts.count == 2
                && parts.allSatisfy { $0.first?.isNumber == true }
        }
    }

    private func files(_ server: PostgresServer) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: server.data.path)
    }

    private func wait(_ server: PostgresServer, _ sql: String) async throws {
        let limit = ContinuousClock.now + .seconds(300)
        while try server.psql(sql) != "t" {
            try #require(ContinuousClock.now < limit, "\(sql)")
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private func space(_ server: PostgresServer, _ name: String) throws {
        let folder = server.root.appending(path: name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try server.own(folder)
        try server.psql("create tablespace \(name) location '\(folder.path)'")
        try server.psql(
            "create table of_\(name) tablespace \(name) as select generate_series(1, 5000) n"
        )
    }

    /// A transaction that ends only with its session, and an index that waits for it.
    private func begin(_ server: PostgresServer) async throws -> [ChildProgram] {
        let open = try server.launch(
            "psql",
            server.connectionArguments + [
                "-d", "postgres", "-c",
                """
                begin; lock table ledger in row exclusive mode;
                create temp table passing as select generate_series(1, 10000) n;
                create index on wide (a, b);
                create table undone as select generate_series(1, 10000) n;
                select pg_sleep(3600)
                """,
            ]
        )
        try await wait(
            server,
            "select count(*) = 1 from pg_stat_activity where wait_event = 'PgSleep'"
        )
        let index = try server.launch(
            "psql",
            server.connectionArguments + [
                "-d", "postgres", "-c", "create index concurrently later on ledger (note)",
            ]
        )
        try await wait(
            server,
            "select count(*) = 1 from pg_stat_progress_create_index where phase like 'waiting%'"
        )
        return [open, index]
    }

    @Test(arguments: [PostgresSettings.Method.direct, .sql, .replication])
    func `what is unfinished does not come back, and tablespaces may come and go meanwhile`(
        method: PostgresSettings.Method
    ) async throws {
        let server = try PostgresServer.make(settings: ["autovacuum": "off"])
        defer { server.remove() }
        try server.start()
        try SchemaChurn.prepare(server, space: nil)
        try space(server, "early")
        let cluster = try await ProtectedCluster(server: server)
        let sessions = try await begin(server)
        #expect(try !temporary(files(server)).isEmpty)
        // Dropping a tablespace waits for the process that sends the archive.
        if method == .replication { cluster.gate.narrow() } else { cluster.gate.shut() }
        async let backup = cluster.ending(cluster.settings(method))
        defer { cluster.gate.open() }
        try await wait(
            server,
            """
            select exists (select from pg_stat_activity where query like '%pg_backup_start%'
                and pid <> pg_backend_pid() and state = 'idle')
              or exists (select from pg_stat_progress_basebackup where phase like 'streaming%')
            """
        )
        try space(server, "late")
        try server.psql("drop table of_early")
        try server.psql("drop tablespace early")
        let spaces = "select string_agg(spcname, ' ' order by spcname) from pg_tablespace"
        let known = try server.psql(spaces)
        let expected = try ClusterOracle(server: server).contents()
        cluster.gate.open()
        let snapshot = try await backup.get()
        #expect(snapshot.head.facts["method"] == method.rawValue)
        #expect(try await temporary(cluster.entries(of: snapshot).keys).isEmpty)
        for session in sessions { session.terminate() }

        let (restored, outcome) = try await cluster.restore(.latest)
        defer { restored.remove() }
        #expect(outcome.problems.isEmpty)
        #expect(try temporary(files(restored)).isEmpty)
        #expect(try restored.psql(spaces) == known && known.contains("late"))
        let oracle = ClusterOracle(server: restored)
        let contents = try oracle.contents()
        #expect(contents == expected)
        #expect(contents.contains { $0.hasPrefix("postgres: of_late|5000|") })
        // What CREATE INDEX CONCURRENTLY leaves after a crash, too.
        let valid = "select indisvalid from pg_index where indexrelid = to_regclass('later')"
        #expect(try restored.psql(valid) == "f")
        #expect(try restored.psql("select to_regclass('undone') is null") == "t")
        try oracle.prove(hasAmcheck: true, hasChecksums: true)
    }
}
