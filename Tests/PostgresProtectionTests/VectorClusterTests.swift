import Foundation
import Model
import PostgresProtection
import Protection
import SystemIO
import TestKit
import Testing
import Vault

/// PostgreSQL 16 with pgvector, from PyPI: it carries no `amcheck`, so rows are compared by heap and by every index.
@Suite(.serialized, .ownThreads) struct VectorClusterTests {
    private let binaries = PostgresEdition.v16.binaries

    init() throws {
        try #require(
            FileManager.default.isExecutableFile(atPath: binaries.appending(path: "postgres").path),
            "PostgreSQL 16 is missing: run Scripts/setup"
        )
    }

    private func hash(_ server: PostgresServer, _ settings: String) throws -> String {
        try server.psql(
            """
            set jit = off; \(settings);
            select count(*), sum(hashtext(id::text || caller || note)) from calls where id > 0
            """
        )
    }

    private let heapOnly =
        "set enable_indexscan = off; set enable_indexonlyscan = off; set enable_bitmapscan = off"

    private func warnings(_ server: PostgresServer) throws -> String {
        try server.run(
            "psql",
            server.connectionArguments + ["-d", "postgres", "-c", "vacuum (disable_page_skipping)"]
        )
            + server.serverLog.split(whereSeparator: \.isNewline).filter {
                $0.contains("WARNING") && $0.contains("visib")
            }.joined(separator: "\n")
    }

    /// Writes beside the backups, with the changes that maps of free space and visibility follow.
    private func churn(_ server: PostgresServer) async throws {
        _ = try server.psql("create table churn (a int primary key, b text)")
        for round in 0..<60 {
            _ = try server.psql(
                """
                insert into churn select \(round) * 100 + g, repeat('x', 500) from generate_series(1, 100) g;
                update churn set b = b || 'y' where a % 3 = 0;
                delete from churn where a < \(round) * 50
                """
            )
            _ = try server.psql("vacuum churn")
        }
    }

    @Test func `PostgreSQL 16 with vectors comes back under load`() async throws {
        let server = try PostgresServer.make(
            settings: ["log_min_messages": "warning"],
            binaries: binaries
        )
        try server.start()
        let cluster = try await ProtectedCluster(server: server)
        _ = try server.psql(
            """
            create extension vector;
            create table calls (id serial primary key, caller text, note text, embedding vector(8));
            create index on calls (caller) include (id, note);
            create index on calls using hnsw (embedding vector_l2_ops);
            insert into calls (caller, note, embedding)
              select 'c' || g % 97, md5(g::text), array_fill(g % 13, array[8])::vector
              from generate_series(1, 5000) g
            """
        )
        let (moment, expected) = try await cluster.receiving {
            async let load: Void = self.churn(server)
            try await cluster.backUp(.replication)
            try await cluster.backUp(.direct)
            _ = try server.psql("update calls set note = note || '!' where id % 7 = 0")
            _ = try server.psql("vacuum calls")
            let expected = try self.hash(server, self.heapOnly)
            let moment = try cluster.now()
            try await Task.sleep(for: .seconds(2))
            _ = try server.psql("truncate calls")
            try await cluster.waitForHeartbeat(after: cluster.now())
            try await load
            return (moment, expected)
        }
        let (restored, _) = try await cluster.restore(.time(moment))
        #expect(try hash(restored, heapOnly) == expected)
        #expect(
            try hash(restored, "set enable_seqscan = off; set enable_bitmapscan = off") == expected
        )
        let byIndex = try restored.psql(
            """
            set enable_seqscan = off; set enable_bitmapscan = off;
            select count(*), sum(hashtext(id::text || caller || note)) from calls where caller >= ''
            """
        )
        #expect(byIndex == expected)
        let nearest = try restored.psql(
            "set enable_seqscan = off; select count(*) from (select id from calls order by embedding <-> '[1,1,1,1,1,1,1,1]' limit 10) n"
        )
        #expect(nearest.hasPrefix("10"))
        #expect(
            try restored.run("pg_dumpall", restored.connectionArguments).contains("dump complete")
        )
        #expect(!(try warnings(restored)).contains("WARNING"))
        try restored.stop()
        _ = try restored.run("pg_checksums", ["--check", "-D", restored.data.path])
        restored.remove()
        server.remove()
    }

    @Test func `the check for a wrong visibility map can fail`() throws {
        let server = try PostgresServer.make(
            settings: ["log_min_messages": "warning", "autovacuum": "off"],
            binaries: binaries
        )
        try server.start()
        _ = try server.psql(
            "create table calls (id int primary key, caller text, note text); insert into calls select g, 'c', md5(g::text) from generate_series(1, 20000) g"
        )
        _ = try server.psql("vacuum freeze calls")
        _ = try server.psql("checkpoint")
        let path = try server.psql("select pg_relation_filepath('calls')")
            .trimmingCharacters(in: .whitespacesAndNewlines)
        try server.stop()
        let map = server.data.appending(path: path + "_vm")
        let stale = try Data(contentsOf: map)
        try server.start()
        _ = try server.psql("delete from calls where id % 50 = 0")
        _ = try server.psql("checkpoint")
        try server.stop()
        // The map as it was before the update: what a backup that skips map pages would bring back.
        try stale.write(to: map)
        try server.own(map)
        try server.start()
        let byHeap = try server.psql("\(heapOnly); select count(*) from calls where id > 0")
        let byMap = try server.psql(
            "set enable_seqscan = off; set enable_bitmapscan = off; select count(*) from calls where id > 0"
        )
        #expect(byHeap.hasPrefix("19600") && byMap.hasPrefix("20000"))
        #expect(try warnings(server).contains("WARNING"))
        server.remove()
    }
}
