import Foundation
import Model
import PostgresProtection
import Protection
import TestKit
import Testing
import Vault

/// Tablespaces that are folders of the data directory (`allow_in_place_tablespaces`): PostgreSQL 15 leaves them out of its own base backups.
@Suite(.serialized, .ownThreads) struct InPlaceTablespaceTests {
    private func start(_ edition: PostgresEdition) throws -> PostgresServer {
        let server = try PostgresServer.make(
            settings: ["allow_in_place_tablespaces": "on"],
            binaries: edition.binaries
        )
        try server.start()
        return server
    }

    private func makeSpace(_ server: PostgresServer, _ name: String) throws {
        let folder = server.root.appending(path: name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try server.own(folder)
        try server.psql("create tablespace space location '\(folder.path)'")
    }

    private func fill(_ server: PostgresServer, _ table: String, in space: String) throws {
        try server.psql(
            """
            create table \(table) (note text) tablespace \(space);
            insert into \(table) select md5(g::text) from generate_series(1, 5000) g
            """
        )
    }

    private func contents(_ server: PostgresServer) throws -> [String] {
        try ["a", "b", "c"].map {
            try server.psql("select count(*), sum(hashtext(note)) from \($0)")
        }
    }

    @Test(
        arguments: [PostgresEdition.v15, .v16],
        [PostgresSettings.Method.direct, .sql, .replication]
    )
    func `they come back beside the data directory, whichever way they were read`(
        edition: PostgresEdition,
        method: PostgresSettings.Method
    ) async throws {
        let server = try start(edition)
        defer { server.remove() }
        let cluster = try await ProtectedCluster(server: server)
        try makeSpace(server, "a place")
        try server.psql("create tablespace inside location ''")
        try fill(server, "a", in: "space")
        try fill(server, "b", in: "inside")
        let snapshot = try await cluster.receiving {
            let snapshot = try await cluster.backUp(method)
            try server.psql("create tablespace later location ''")
            try fill(server, "c", in: "later")
            try await cluster.waitForHeartbeat(after: cluster.now())
            return snapshot
        }
        #expect(snapshot.head.facts["method"] == method.rawValue)
        let (restored, outcome) = try await cluster.restore(.latest)
        defer { restored.remove() }
        #expect(outcome.problems.isEmpty, "\(outcome.problems)")
        #expect(try contents(restored) == contents(server))
        let folder = restored.data.appending(path: "pg_tblspc").path
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let place = try FileManager.default.destinationOfSymbolicLink(
                atPath: "\(folder)/\(name)"
            )
            #expect(place.hasPrefix(restored.data.path + ".tablespaces/"))
        }
    }

    @Test func `a role that may only replicate loses none`() async throws {
        let server = try start(.v15)
        defer { server.remove() }
        let cluster = try await ProtectedCluster(server: server)
        try makeSpace(server, "back\\slash")
        try server.psql("create tablespace inside location ''")
        try fill(server, "a", in: "space")
        for table in ["b", "c"] { try fill(server, table, in: "inside") }
        try server.psql("create role copier login replication")
        try server.psql("revoke connect on database postgres from public")
        let snapshot = try await cluster.backUp(.replication, parameters: ["user": "copier"])
        #expect(try await cluster.entries(of: snapshot)["tablespace_map"] != nil)
        let (restored, outcome) = try await cluster.restore(.latest)
        defer { restored.remove() }
        #expect(outcome.problems.isEmpty, "\(outcome.problems)")
        #expect(try contents(restored) == contents(server))
    }

    @Test func `what PostgreSQL 15 cannot send is refused before it is missed`() async throws {
        let server = try start(.v15)
        defer { server.remove() }
        let cluster = try await ProtectedCluster(server: server)
        try makeSpace(server, String(repeating: "long", count: 30))
        for table in ["a", "b", "c"] { try fill(server, table, in: "space") }
        // A path that no link in an archive leads to.
        try await cluster.backUp(.replication)
        let (restored, _) = try await cluster.restore(.latest)
        #expect(try contents(restored) == contents(server))
        restored.remove()
        try server.psql("create tablespace inside location ''")
        let fault = await #expect(throws: Fault.self) { try await cluster.backUp(.replication) }
        #expect(fault?.code.id == "E-PG-BACKUP", "\(fault?.message ?? "")")
        #expect(fault?.message.contains("'inside' was made in place") == true)
        #expect(try await cluster.vault.snapshots(of: cluster.stream).snapshots.count == 1)
    }
}
