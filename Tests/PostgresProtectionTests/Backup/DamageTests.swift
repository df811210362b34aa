import Foundation
import Glibc
import Model
import PostgresProtection
import Protection
import Synchronization
import TestKit
import Testing
import Vault

/// Pages that are damaged at the source.
@Suite(.serialized, .ownThreads) struct DamageTests {
    /// Overwrites bytes in the middle of a page, as a failing disk does.
    private func damage(_ server: PostgresServer, _ relation: String, block: UInt64) throws {
        let path = try server.psql("select pg_relation_filepath('\(relation)')", database: "app")
        let file = try FileHandle(forUpdating: server.data.appending(path: path))
        try file.seek(toOffset: block * 8192 + 5000)
        try file.write(contentsOf: Data([0xde, 0xad, 0xbe, 0xef]))
        try file.close()
    }

    @Test func `a damaged page is named by its relation whichever way it is read`() async throws {
        let server = try PostgresServer.make(settings: ["autovacuum": "off"])
        try server.start()
        try server.psql("create database app")
        try server.psql(
            "create table calls (id int primary key, note text); insert into calls select g, repeat(md5(g::text), 60) from generate_series(1, 3000) g",
            database: "app"
        )
        try server.psql("checkpoint")
        try damage(server, "calls", block: 3)
        try damage(server, "calls_pkey", block: 4)
        let cluster = try await ProtectedCluster(server: server)
        for method in [PostgresSettings.Method.direct, .sql, .replication] {
            let snapshot = try await cluster.backUp(method)
            let facts = snapshot.head.facts
            #expect(snapshot.head.problems == 2, "\(method): \(facts)")
            #expect(facts["method"] == method.rawValue && facts["damaged_pages"] == "2")
            let lines = [facts["damaged.1"], facts["damaged.2"]].compactMap { $0 }.sorted()
            #expect(
                lines == [
                    "index public.calls_pkey of database app: 1 page (4)",
                    "table public.calls of database app: 1 page (3)",
                ]
            )
            let notes = cluster.notes.withLock { $0.filter { $0.contains("wrong checksum in") } }
            #expect(notes.contains { $0.contains("table public.calls of database app") })
            cluster.notes.withLock { $0 = [] }
        }
        // The connection of the replication protocol is of further use after the server's report of damage.
        #expect(try await cluster.vault.snapshots(of: cluster.stream).snapshots.count == 3)
        try server.psql("update pg_database set datallowconn = false where datname = 'app'")
        let nameless = try await cluster.backUp(.sql)
        #expect(nameless.head.facts["damaged.1"]?.hasPrefix("file base/") == true)
        server.remove()
    }

    @Test func `a page that is written while it is read is no damage`() async throws {
        let server = try PostgresServer.make(settings: [
            "shared_buffers": "1MB", "bgwriter_delay": "10ms",
        ])
        try server.start()
        try server.run("pgbench", server.connectionArguments + ["-i", "-s", "5", "-q", "postgres"])
        let load = try server.launch(
            "pgbench",
            server.connectionArguments + ["-c", "4", "-T", "120", "-n", "postgres"]
        )
        let cluster = try await ProtectedCluster(server: server)
        for method in [PostgresSettings.Method.direct, .sql, .replication] {
            let snapshot = try await cluster.backUp(method)
            #expect(snapshot.head.problems == 0, "\(method)")
        }
        load.terminate()
        server.remove()
    }

    @Test(arguments: [PostgresSettings.Method.sql, .replication])
    func `a file that the server itself cannot read fails the backup`(
        method: PostgresSettings.Method
    ) async throws {
        let server = try PostgresServer.make(settings: ["autovacuum": "off"])
        defer { server.remove() }
        try server.start()
        try server.psql("create table calls as select generate_series(1, 1000) as n")
        let cluster = try await ProtectedCluster(server: server)
        try server.psql("checkpoint")
        let path = try server.psql("select pg_relation_filepath('calls')")
        #expect(chmod(server.data.appending(path: path).path, 0) == 0)
        let fault = await #expect(throws: Fault.self) { try await cluster.backUp(method) }
        #expect(fault?.message.contains("ermission denied") == true, "\(fault?.message ?? "")")
        #expect(try await cluster.vault.snapshots(of: cluster.stream).snapshots.isEmpty)
        #expect(chmod(server.data.appending(path: path).path, 0o600) == 0)
        try await cluster.backUp(method)
    }
}
