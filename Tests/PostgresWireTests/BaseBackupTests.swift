import Foundation
import Model
import PostgresWire
import TestKit
import Testing

@Suite(.serialized, .ownThreads) struct BaseBackupTests {
    @Test func `a base backup under load is whole, verified and recovers`() async throws {
        let server = try PostgresServer.make()
        try server.start()
        let space = server.root.appending(path: "fast")
        try FileManager.default.createDirectory(at: space, withIntermediateDirectories: false)
        try server.own(space)
        try server.psql("CREATE TABLESPACE fast LOCATION '\(space.path)'")
        try server.psql("CREATE TABLE far TABLESPACE fast AS SELECT generate_series(1, 50000) AS n")
        try server.psql("CREATE UNLOGGED TABLE forgotten AS SELECT generate_series(1, 1000) AS n")
        try server.run("pgbench", server.connectionArguments + ["-i", "-q", "-s", "5", "postgres"])
        let load = try server.launch(
            "pgbench",
            server.connectionArguments + ["-c", "2", "-T", "60", "-n", "postgres"]
        )
        let connection = try PostgresConnection.connect(
            parameters: server.parameters,
            replication: .physical
        )
        let session = ReplicationSession(connection, timekeeper: WallClock())
        try session.createSlot("copy", reserveWAL: true)
        let restored = try PostgresServer.emptyDirectory()
        let copy = try ClusterCopy(root: restored.data)
        try await BaseBackup(label: "under load").run(on: connection) { event throws(Fault) in
            do { try copy.take(event) } catch {
                throw Fault(.invalidValue, "unable to place '\(event)'", cause: error)
            }
        }
        load.terminate()
        #expect(copy.start < copy.stop)
        #expect(copy.timeline == 1)
        #expect(copy.paths.first == "backup_label")
        #expect(copy.paths.last == "global/pg_control")
        #expect(copy.tablespaces.map(\.location) == [space.path])
        try checkPages(copy)
        try checkExclusions(copy, server)
        try restore(copy, into: restored, from: server, session: session)
        let sum = "SELECT count(*), sum(n) FROM far"
        #expect(try restored.psql(sum) == server.psql(sum))
        #expect(try restored.psql("SELECT count(*) FROM forgotten") == "0")
        let amcheck = ["--all", "--heapallindexed", "--install-missing"]
        try restored.run("pg_amcheck", restored.connectionArguments + amcheck)
        try restored.stop()
        try restored.run("pg_checksums", ["--check", "-D", restored.data.path])
        // The connection is idle again after the backup, and still knows the server.
        #expect(try session.identifySystem().timeline == 1)
    }

    private func checkPages(_ copy: ClusterCopy) throws {
        var totals = [0, 0, 0, 0]
        var spaces: Set<UInt32> = []
        for (file, bytes) in try relationFiles(below: copy.root) {
            let counts = verdicts(file, bytes, start: copy.start)
            totals = zip(totals, counts).map { $0 + $1 }
            spaces.insert(file.tablespace)
        }
        print("pages valid, zero, changed since, damaged: \(totals)")
        #expect(totals[0] > 5_000)
        #expect(totals[3] == 0)
        #expect(spaces.count == 3)
    }

    /// Our own rules, applied to the server's directory, name the files that the server sent.
    private func checkExclusions(_ copy: ClusterCopy, _ server: PostgresServer) throws {
        let connection = try PostgresConnection.connect(parameters: server.parameters)
        let facts = try ServerFacts.read(connection)
        let rules = BackupExclusions(tablespaceDirectory: facts.tablespaceDirectory)
        let control = try ControlFile(
            parsing: [UInt8](Data(contentsOf: copy.root.appending(path: "global/pg_control")))
        )
        #expect(control.systemIdentifier == facts.systemIdentifier)
        let sent = Set(copy.paths).subtracting(["backup_label", "tablespace_map"])
        for path in sent where !path.hasPrefix("pg_wal/") {
            #expect(rules.decision(for: path) != .exclude, "\(path) was sent")
        }
        let kept = Set(
            try keptPaths(below: server.data, rules).filter { !$0.contains("pg_tblspc/") }
        )
        #expect(kept.contains("pg_wal") && !kept.contains("postmaster.pid"))
        // Catalog files come and go while autovacuum runs; the fixed ones must agree exactly.
        let fixed = { (path: String) in RelationFile(path: path) == nil && !path.hasPrefix("pg_") }
        #expect(kept.filter(fixed) == sent.filter(fixed))
        let unlogged = try server.psql("SELECT pg_relation_filepath('forgotten')")
        #expect(!sent.contains(unlogged) && sent.contains("\(unlogged)_init"))
        #expect(!kept.contains(unlogged) && kept.contains("\(unlogged)_init"))
    }

    private func keptPaths(below root: URL, _ rules: BackupExclusions) throws -> [String] {
        let all = try FileManager.default.subpathsOfDirectory(atPath: root.path)
        let known = Set(all)
        return all.filter { path in
            let parts = path.split(separator: "/")
            for count in 1..<parts.count {
                let above = parts[..<count].joined(separator: "/")
                if [.exclude, .emptyDirectory].contains(rules.decision(for: above)) {
                    return false
                }
            }
            switch rules.decision(for: path) {
            case .exclude: return false
            case .includeUnless(let initial): return !known.contains(initial)
            case .include, .emptyDirectory, .last: return true
            }
        }
    }

    /// Starts the copy from its label, with the log of the origin's `pg_wal`.
    private func restore(
        _ copy: ClusterCopy,
        into restored: PostgresServer,
        from server: PostgresServer,
        session: ReplicationSession
    ) throws {
        try server.psql("SELECT pg_switch_wal()")
        let space = copy.tablespaces[0]
        let moved = restored.root.appending(path: "fast")
        let link = copy.root.appending(path: "pg_tblspc/\(space.oid)")
        try FileManager.default.moveItem(at: link, to: moved)
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: moved)
        // The map names the origin's place; the copy must not touch that.
        let map = copy.root.appending(path: "tablespace_map")
        #expect(try String(contentsOf: map, encoding: .utf8) == "\(space.oid) \(space.location)\n")
        try Data("\(space.oid) \(moved.path)\n".utf8).write(to: map)
        let control = copy.root.appending(path: "global/pg_control")
        let invalid = try ControlFile(parsing: [UInt8](Data(contentsOf: control)))
            .invalidatingCheckpoint()
        try Data(invalid).write(to: control)
        #expect(try ControlFile(parsing: invalid).checkpoint == ControlFile.invalidCheckpoint)
        let log = server.data.appending(path: "pg_wal").path
        try Data().write(to: copy.root.appending(path: "recovery.signal"))
        try restored.adoptData(settings: [
            "restore_command": "'cp \(log)/%f %p'", "recovery_target_action": "'promote'",
        ])
        // Without the label the invalid checkpoint keeps the server from starting.
        let label = copy.root.appending(path: "backup_label")
        let away = copy.root.appending(path: "label.away")
        try FileManager.default.moveItem(at: label, to: away)
        #expect(throws: Fault.self) { try restored.start() }
        try FileManager.default.moveItem(at: away, to: label)
        try restored.start()
        try restored.waitForWrites()
    }
}
