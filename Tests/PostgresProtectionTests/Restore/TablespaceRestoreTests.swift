import Foundation
import Model
import PostgresProtection
import Protection
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// A restore gives every tablespace a place of its own, and touches none of the original's.
@Suite(.serialized, .ownThreads) struct TablespaceRestoreTests {
    /// Every path below a folder, with its inode, size and time of change.
    private func state(_ folder: URL) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted().map { name in
            let path = folder.appending(path: name).path
            let facts = try FileManager.default.attributesOfItem(atPath: path)
            let number = facts[.systemFileNumber] as? UInt64 ?? 0
            let time = facts[.modificationDate] as? Date
            return "\(name) \(number) \(facts[.size] ?? 0) \(time?.timeIntervalSince1970 ?? 0)"
        }
    }

    private func makeSpace(_ server: PostgresServer, _ name: String) throws -> URL {
        let folder = server.root.appending(path: name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try server.own(folder)
        return folder
    }

    private func ledger(_ server: PostgresServer, _ name: String) throws -> String {
        try server.psql("select count(*), sum(hashtext(note)) from \(name)")
    }

    /// Where the links to tablespaces lead.
    private func links(_ server: PostgresServer) throws -> [String] {
        let folder = server.data.appending(path: "pg_tblspc").path
        return try FileManager.default.contentsOfDirectory(atPath: folder).map {
            try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
        }
    }

    /// What the log of a stopped server says of tablespaces.
    private func records(_ server: PostgresServer) throws -> String {
        let folder = server.data.appending(path: "pg_wal").path
        return try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.utf8.count == 24 }.map { name in
                do throws(Fault) {
                    let arguments = ["-r", "Tablespace", "\(folder)/\(name)"]
                    return try server.run("pg_waldump", arguments)
                } catch {
                    // It fails at the end of the log, with what it has printed in its words.
                    return error.message
                }
            }.joined()
    }

    @Test(arguments: [true, false])
    func `a tablespace made after the base comes back beside, and the original's is not touched`(
        recovers: Bool
    ) async throws {
        let server = try PostgresServer.make(settings: ["autovacuum": "off"])
        try server.start()
        let space = try makeSpace(server, "space")
        let cluster = try await ProtectedCluster(server: server)
        let (early, moment) = try await cluster.receiving {
            try await cluster.backUp()
            let early = try server.psql("select pg_current_wal_insert_lsn()")
            try server.psql("create table early (note text)")
            try server.psql("create tablespace space location '\(space.path)'")
            try server.psql(
                """
                create table ledger (note text) tablespace space;
                insert into ledger select md5(g::text) from generate_series(1, 5000) g;
                create table gone (note text) tablespace space;
                insert into gone select md5(g::text) from generate_series(1, 5000) g;
                """
            )
            let moment = try cluster.now()
            try await cluster.waitForHeartbeat(after: moment)
            try server.psql("drop table gone")
            try server.psql("checkpoint")
            try await cluster.waitForHeartbeat(after: cluster.now())
            return (early, moment)
        }
        let before = try state(space)
        let expected = try ledger(server, "ledger")
        let restored = try await cluster.layOut(.time(moment), recovers: recovers)
        try restored.server.adoptData()
        try restored.server.start()
        if !recovers { try restored.server.waitForWrites() }
        #expect(try ledger(restored.server, "ledger") == expected)
        #expect(try ledger(restored.server, "gone") == expected)
        try restored.server.psql("insert into ledger values ('more')")
        try restored.server.psql("checkpoint")
        #expect(try state(space) == before)
        let beside = restored.server.data.path + ".tablespaces/"
        #expect(try links(restored.server).allSatisfy { $0.hasPrefix(beside) })
        try ClusterOracle(server: restored.server).prove(hasAmcheck: true, hasChecksums: true)
        #expect(try state(space) == before)
        if recovers {
            // What the server's own log says of the tablespace is what the original's said.
            let records = try records(restored.server)
            #expect(records.contains("CREATE"), "\(records)")
            #expect(records.contains("\"\(space.path)\""), "\(records)")
        }
        restored.server.remove()
        guard recovers else { return }
        // The log that is laid out for it goes beyond it, and makes the tablespace.
        let first = try await cluster.layOut(.lsn(#require(LSN(early))))
        #expect(try links(first.server).isEmpty)
        let left = try FileManager.default.contentsOfDirectory(
            atPath: first.server.data.path + ".tablespaces"
        )
        #expect(left.isEmpty)
        first.server.remove()
        server.remove()
    }

    @Test func `tablespaces go where they are asked to go`() async throws {
        let server = try PostgresServer.make()
        defer { server.remove() }
        try server.start()
        let first = try makeSpace(server, "first")
        let second = try makeSpace(server, "second")
        let cluster = try await ProtectedCluster(server: server)
        try server.psql("create tablespace first location '\(first.path)'")
        try server.psql("create table a (note text) tablespace first")
        try server.psql("insert into a select md5(g::text) from generate_series(1, 1000) g")
        try await cluster.receiving {
            try await cluster.backUp()
            try server.psql("create tablespace second location '\(second.path)'")
            try server.psql("create table b (note text) tablespace second")
            try server.psql("insert into b select note from a")
            try await cluster.waitForHeartbeat(after: cluster.now())
        }
        let places = ["one", "two", "three"].map { FilePath("\(server.root.path)/places/\($0)") }
        try FileManager.default.createDirectory(
            at: server.root.appending(path: "places"),
            withIntermediateDirectories: true
        )
        let restored = try await cluster.layOut(
            .latest,
            tablespaces: [first.path: places[0], second.path: places[1], "/nowhere": places[2]]
        )
        defer { restored.server.remove() }
        #expect(try Set(links(restored.server)) == Set(places.prefix(2).map(\.string)))
        let caution = "careful: no tablespace was made at /nowhere"
        #expect(restored.outcome.lines.contains { $0.hasPrefix(caution) })
        try restored.server.adoptData()
        try restored.server.start()
        for name in ["a", "b"] {
            #expect(try ledger(restored.server, name) == ledger(server, name))
        }
        try ClusterOracle(server: restored.server).prove(hasAmcheck: true, hasChecksums: true)
        let fault = await #expect(throws: Fault.self) {
            _ = try await cluster.layOut(.latest, tablespaces: [first.path: places[0]])
        }
        #expect(fault?.code == .restoreNotEmpty)
    }

    @Test func `a tablespace made again where another was dropped goes beside`() async throws {
        let server = try PostgresServer.make()
        defer { server.remove() }
        try server.start()
        let space = try makeSpace(server, "space")
        let cluster = try await ProtectedCluster(server: server)
        try server.psql("create tablespace one location '\(space.path)'")
        try server.psql("create table a (note text) tablespace one")
        try await cluster.receiving {
            try await cluster.backUp()
            try server.psql("drop table a")
            try server.psql("drop tablespace one")
            try server.psql("create tablespace two location '\(space.path)'")
            try server.psql("create table b (note text) tablespace two")
            try server.psql("insert into b values ('x')")
            try await cluster.waitForHeartbeat(after: cluster.now())
        }
        let place = FilePath("\(server.root.path)/place")
        let restored = try await cluster.layOut(.latest, tablespaces: [space.path: place])
        defer { restored.server.remove() }
        let beside = restored.server.data.path + ".tablespaces/"
        #expect(try links(restored.server).allSatisfy { $0.hasPrefix(beside) })
        #expect(restored.outcome.lines.contains { $0.contains("which got the place asked for") })
        try restored.server.adoptData()
        try restored.server.start()
        #expect(try ledger(restored.server, "b") == ledger(server, "b"))
        try ClusterOracle(server: restored.server).prove(hasAmcheck: true, hasChecksums: true)
    }

    @Test func `a tablespace comes back when no SQL connection told of it`() async throws {
        let server = try PostgresServer.make()
        try server.start()
        let space = try makeSpace(server, "space")
        let cluster = try await ProtectedCluster(server: server)
        try server.psql("create tablespace space location '\(space.path)'")
        try server.psql("create table ledger (note text) tablespace space")
        try server.psql("insert into ledger select md5(g::text) from generate_series(1, 5000) g")
        try server.psql("create role copier login replication")
        try server.psql("revoke connect on database postgres from public")
        let snapshot = try await cluster.backUp(.replication, parameters: ["user": "copier"])
        #expect(snapshot.head.facts.keys.allSatisfy { !$0.hasPrefix("data_directory") })
        let (restored, outcome) = try await cluster.restore(.latest)
        #expect(try ledger(restored, "ledger") == ledger(server, "ledger"))
        #expect(outcome.problems.isEmpty)
        try ClusterOracle(server: restored).prove(hasAmcheck: true, hasChecksums: true)
        restored.remove()
        server.remove()
    }
}
