import Foundation
import Model
import PostgresProtection
import Sealing
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// A cluster comes back without Lifeboat: the Python program of the vault, `cp` and the stock server.
@Suite(.serialized, .ownThreads) struct WayOutClusterTests {
    /// Runs the program that lies in the vault.
    private func recover(
        _ cluster: ProtectedCluster,
        _ arguments: String...
    ) async throws -> Command.Result {
        let vault = cluster.scratch.path.appending("vault")
        let kit = cluster.scratch.path.appending("kit.txt")
        try DurableFile.replace(kit, with: Array(cluster.identity.secretText.utf8), mode: 0o600)
        return try await Command(
            "/usr/bin/python3",
            arguments: ["-I", vault.appending("recover.py").string, vault.string] + arguments
                + ["--identity", kit.string]
        ).run(outputLimit: 1 << 20)
    }

    private func ledger(_ server: PostgresServer) throws -> String {
        try server.psql("select count(*), sum(hashtext(note)) from ledger")
    }

    @Test(arguments: [PostgresSettings.Method.sql, .replication])
    func `with its tablespaces, as README.txt says`(_ method: PostgresSettings.Method) async throws
    {
        let server = try PostgresServer.make()
        defer { server.remove() }
        try server.start()
        let space = server.root.appending(path: "a \\ space")
        try FileManager.default.createDirectory(at: space, withIntermediateDirectories: true)
        try server.own(space)
        let cluster = try await ProtectedCluster(server: server)
        try server.psql("create tablespace space location '\(space.path)'")
        try server.psql("create table ledger (note text) tablespace space")
        try server.psql("insert into ledger select md5(g::text) from generate_series(1, 5000) g")
        let snapshot = try await cluster.receiving {
            let snapshot = try await cluster.backUp(method)
            try server.psql("insert into ledger select note || '!' from ledger")
            try await cluster.waitForHeartbeat(after: cluster.now())
            return snapshot
        }
        let expected = try ledger(server)
        try server.stop()
        try FileManager.default.removeItem(at: space)

        let restored = try PostgresServer.emptyDirectory()
        defer { restored.remove() }
        let target = restored.data.path
        let beside = URL(filePath: "\(target).tablespaces")
        let taken = beside.appending(path: "taken")
        try FileManager.default.createDirectory(at: taken, withIntermediateDirectories: true)
        let stream = "\(cluster.stream)"
        let refused = try await recover(cluster, "restore", stream, "latest", target)
        #expect(refused.status == .exited(15), "\(refused.errorText)")
        try FileManager.default.removeItem(at: taken)
        let done = try await recover(cluster, "restore", stream, "latest", target)
        let text = String(decoding: done.output, as: UTF8.self)
        #expect(done.status == .exited(0), "\(text)\(done.errorText)")
        let start = try #require(snapshot.head.facts["start_lsn"])
        #expect(text.contains("--from \(start)"), "\(text)")
        #expect(text.contains(": \(beside.path)/"), "\(text)")
        #expect(text.contains("(before: \(space.path))"), "\(text)")
        let log = restored.root.appending(path: "log").path
        let laidOut = try await recover(cluster, "wal", stream, log, "--from", start)
        #expect(laidOut.status == .exited(0), "\(laidOut.errorText)")

        try recover(restored, from: log)
        #expect(try ledger(restored) == expected)
        let place = try restored.psql(
            "select pg_tablespace_location(oid) from pg_tablespace where spcname = 'space'"
        )
        #expect(place.hasPrefix("\(beside.path)/"))
        try restored.psql("insert into ledger values ('goes on')")
    }

    /// Starts a server on what was restored, and lets it replay a folder of log to its end.
    private func recover(_ restored: PostgresServer, from log: String) throws {
        let folder = FilePath(restored.data.path)
        let lines = "restore_command = 'cp \"\(log)/%f\" \"%p\"'\narchive_mode = off\n"
        try DurableFile.replace(
            folder.appending("postgresql.auto.conf"),
            with: Array(lines.utf8),
            mode: 0o600
        )
        try DurableFile.create(folder.appending("recovery.signal"), with: [], mode: 0o600)
        try restored.adoptData()
        try restored.start()
        try restored.waitForWrites()
    }
}
