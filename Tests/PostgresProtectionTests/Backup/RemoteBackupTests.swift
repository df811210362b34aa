import Foundation
import Model
import PostgresProtection
import Protection
import Synchronization
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// Base backups over SQL connections, with real servers.
@Suite(.serialized, .punctualThreads) struct RemoteBackupTests {
    /// A server and how its pages are.
    struct Row: Sendable, CustomTestStringConvertible {
        let edition: PostgresEdition
        let checksums: Bool
        var testDescription: String { "\(edition), checksums \(checksums ? "on" : "off")" }
    }

    static let rows = [
        Row(edition: .v15, checksums: true), Row(edition: .v16, checksums: false),
        Row(edition: .v17, checksums: true), Row(edition: .v18, checksums: false),
    ]

    private func start(_ row: Row) throws -> PostgresServer {
        let server = try PostgresServer.make(
            checksums: row.checksums,
            initdb: row.checksums ? [] : row.edition.withoutChecksums,
            binaries: row.edition.binaries
        )
        try server.start()
        return server
    }

    /// Makes the role that Lifeboat uses, with what `grant.sql` grants and nothing else.
    private func grant(_ cluster: ProtectedCluster) throws {
        try cluster.server.psql("create role boat login replication")
        let script = try PostgresGrants(cluster.settings(.auto, role: "boat")).script
        try cluster.server.psql(script)
    }

    @Test(arguments: rows)
    func `files read over SQL connections come back under load and schema changes`(
        row: Row
    ) async throws {
        let server = try start(row)
        let outside = server.root.appending(path: "space")
        try FileManager.default.createDirectory(at: outside, withIntermediateDirectories: true)
        try server.own(outside)
        try server.psql("create tablespace space location '\(outside.path)'")
        try SchemaChurn.prepare(server, space: "space")
        let cluster = try await ProtectedCluster(server: server)
        try grant(cluster)
        let settings = cluster.settings(.sql, role: "boat")
        let (moment, expected) = try await cluster.receiving {
            let churn = SchemaChurn(server)
            async let changes: Void = churn.run(space: "space")
            let first = try await cluster.backUp(settings)
            let second = try await cluster.backUp(settings)
            churn.stop()
            try await changes
            for snapshot in [first, second] {
                #expect(snapshot.head.facts["method"] == "sql")
                #expect(snapshot.head.problems == 0)
            }
            #expect(second.head.sizes.added < second.head.sizes.source)
            let expected = try ClusterOracle(server: server).contents()
            let moment = try cluster.now()
            try await Task.sleep(for: .seconds(2))
            try server.psql("truncate ledger")
            try await cluster.waitForHeartbeat(after: cluster.now())
            return (moment, expected)
        }
        let (restored, outcome) = try await cluster.restore(.time(moment))
        let oracle = ClusterOracle(server: restored)
        let contents = try oracle.contents()
        #expect(contents == expected)
        #expect(contents.contains { $0.hasPrefix("postgres: far|") })
        #expect(outcome.problems.isEmpty)
        #expect(try restored.psql("select count(*) from scratch") == "0")
        try oracle.prove(hasAmcheck: row.edition.hasContrib, hasChecksums: row.checksums)
        restored.remove()
        server.remove()
    }

    @Test(arguments: [false, true]) func `a quiet cluster is the same to all three ways`(
        isForGroup: Bool
    ) async throws {
        let server = try PostgresServer.make(
            settings: ["autovacuum": "off"],
            initdb: isForGroup ? ["--allow-group-access"] : []
        )
        try server.start()
        try SchemaChurn.prepare(server, space: nil)
        // Sets every hint bit, which reading the catalogs would set sooner or later.
        try server.psql("vacuum freeze")
        try server.psql("checkpoint")
        let cluster = try await ProtectedCluster(server: server)
        var manifests: [String: [String: String]] = [:]
        for method in [PostgresSettings.Method.direct, .sql, .replication] {
            let snapshot = try await cluster.backUp(cluster.settings(method))
            #expect(snapshot.head.facts["method"] == method.rawValue)
            let entries = try await cluster.entries(of: snapshot).mapValues { entry in
                "\(entry.kind) \(entry.mode) \(entry.size) \(entry.digest)"
            }
            manifests[method.rawValue] = entries
        }
        // The heartbeat after each backup is a transaction, and the server's archive has an empty tablespace map.
        let differing = Set([
            "backup_label", "global/pg_control", "pg_xact/0000", "tablespace_map",
        ])
        func stable(_ method: String) -> [String: String] {
            (manifests[method] ?? [:]).filter { !differing.contains($0.key) }
        }
        #expect(stable("sql").count > 900)
        let mode: UInt16 = isForGroup ? 0o640 : 0o600
        #expect(stable("sql")["PG_VERSION"]?.contains(" \(mode) ") == true)
        for (path, entry) in stable("direct") {
            #expect(stable("sql")[path] == entry, "\(path)")
            #expect(stable("replication")[path] == entry, "\(path)")
        }
        for method in ["sql", "replication"] {
            let difference = Set(stable(method).keys).symmetricDifference(stable("direct").keys)
            #expect(difference.isEmpty, "\(method): \(difference)")
        }
        server.remove()
    }

    @Test
    func `the fastest way that is open is taken, and SQL connections when they are asked for`()
        async throws
    {
        let server = try start(Row(edition: .v15, checksums: true))
        let cluster = try await ProtectedCluster(server: server)
        try server.psql("create role boat login replication")
        let settings = cluster.settings(.auto, role: "boat")
        func notes() -> [String] {
            cluster.notes.withLock { $0.filter { $0.contains("files are not read directly") } }
        }
        // The role cannot know where the files are: as far as it sees, they are on another host.
        let archive = try await cluster.backUp(settings)
        #expect(archive.head.facts["method"] == "replication")
        #expect(notes().isEmpty)
        #expect(try PostgresHealth(settings).obstacle == nil)
        // With every grant that SQL connections need, the server's archives are still faster.
        let parallel = cluster.settings(.sql, role: "boat")
        let refused = await #expect(throws: Fault.self) { try await cluster.backUp(parallel) }
        #expect(refused?.code.id == "E-PG-ROLE")
        #expect(refused?.message.contains("pg_ls_dir, pg_stat_file, pg_read_binary_file") == true)
        #expect(refused?.hints.first?.contains("doctor --grants") == true)
        try server.psql(try PostgresGrants(settings).script)
        #expect(try PostgresHealth(settings).method == .replication)
        let asked = try await cluster.backUp(parallel)
        #expect(asked.head.facts["method"] == "sql")
        #expect(asked.head.sizes.added * 20 < archive.head.sizes.added)
        // Where only a grant is missing for direct reads, it is named; with it they are taken.
        try server.psql("grant pg_read_all_settings to boat")
        try server.psql("revoke execute on function pg_backup_stop(boolean) from boat")
        let slow = try await cluster.backUp(settings)
        #expect(slow.head.facts["method"] == "replication")
        #expect(notes().contains { $0.contains("role 'boat' may not execute pg_backup_stop in") })
        let health = try PostgresHealth(settings)
        #expect(health.method == .replication && health.obstacle?.code.id == "E-PG-ROLE")
        #expect(health.grants?.missing == ["pg_catalog.pg_backup_stop(boolean)"])
        try server.psql(try #require(health.grants?.statement))
        #expect(try PostgresHealth(settings).obstacle == nil)
        #expect(try await cluster.backUp(settings).head.facts["method"] == "direct")
        server.remove()
    }

    @Test func `a copy of the data directory is not taken for the server's own`() async throws {
        let server = try start(Row(edition: .v15, checksums: true))
        let cluster = try await ProtectedCluster(server: server)
        let copy = cluster.scratch.path.appending("copy")
        try server.psql("checkpoint")
        _ = try server.run("pg_ctl", ["-D", server.data.path, "status"])
        try FileManager.default.copyItem(atPath: server.data.path, toPath: copy.string)
        var settings = cluster.settings(.direct)
        settings.dataDirectory = copy
        for fact in [
            "the checkpoint that began the backup is not there", "is not the one that answers",
        ] {
            let fault = await #expect(throws: Fault.self) { try await cluster.backUp(settings) }
            #expect(fault?.code.id == "E-PG-FOREIGN")
            #expect(fault?.message.contains(fact) == true, "\(fault?.message ?? "")")
            // As that of another server on the same files: it began at another time.
            let lock = copy.appending("postmaster.pid").string
            var lines = try String(contentsOfFile: lock, encoding: .utf8).components(
                separatedBy: "\n"
            )
            lines[2] = "1000000000"
            try lines.joined(separator: "\n").write(
                toFile: lock,
                atomically: false,
                encoding: .utf8
            )
        }
        settings.method = .auto
        #expect(try await cluster.backUp(settings).head.facts["method"] == "replication")
        let isTold = cluster.notes.withLock { notes in
            notes.contains { $0.contains("files are not read directly: unable to read the files") }
        }
        #expect(isTold)
        server.remove()
    }

    @Test func `a lost backup session fails the backup and leaves nothing behind`() async throws {
        let server = try start(Row(edition: .v15, checksums: true))
        try SchemaChurn.prepare(server, space: nil)
        let cluster = try await ProtectedCluster(server: server)
        var settings = cluster.settings(.sql)
        settings.limit = ByteCount(1 << 20)
        let slow = settings
        cluster.gate.shut()
        async let backup = cluster.ending(slow)
        defer { cluster.gate.open() }
        let killed = try await until(
            server,
            "select count(pg_terminate_backend(pid)) from pg_stat_activity where query like '%pg_backup_start%' and pid <> pg_backend_pid() and state = 'idle'"
        )
        #expect(killed)
        cluster.gate.open()
        let ending = await backup
        let fault = #expect(throws: Fault.self) { try ending.get() }
        #expect(fault?.code.id == "E-PG-UNREACHABLE")
        #expect(try await cluster.vault.snapshots(of: cluster.stream).snapshots.isEmpty)
        let isQuiet = try await until(
            server,
            """
            select (select count(*) from pg_stat_activity where application_name like 'lifeboat%') = 0
              and (select count(*) from pg_replication_slots where active) = 0
            """
        )
        #expect(isQuiet)
        server.remove()
    }

    @Test(arguments: [PostgresSettings.Method.sql, .direct, .replication])
    func `a rate holds the reading back, and a busy database too`(
        method: PostgresSettings.Method
    ) async throws {
        let server = try start(Row(edition: .v15, checksums: true))
        let cluster = try await ProtectedCluster(server: server)
        var settings = cluster.settings(method)
        settings.limit = ByteCount(6 << 20)
        settings.busy = BackOff.Bounds(sessions: 2)
        let sleepers = try (0..<3).map { _ in
            try server.launch("psql", server.connectionArguments + ["-c", "select pg_sleep(3600)"])
        }
        let sleeping = "from pg_stat_activity where query like 'select pg_sleep%'"
        #expect(try await until(server, "select count(*) > 2 \(sleeping)"))
        let slow = settings
        let begun = ContinuousClock.now
        async let backup = cluster.ending(slow)
        func hasNote(_ text: String) -> Bool {
            cluster.notes.withLock { $0.contains { $0.contains(text) } }
        }
        while !hasNote("the database is busy (3 sessions run something, more than 2)") {
            try #require(begun.duration(to: .now) < .seconds(300))
            try await Task.sleep(for: .milliseconds(20))
        }
        try server.psql("select pg_terminate_backend(pid) \(sleeping) and pid <> pg_backend_pid()")
        let snapshot = try await backup.get()
        let took = begun.duration(to: .now)
        #expect(took > .seconds(snapshot.head.sizes.source >> 20) / 6 - .seconds(1), "\(took)")
        #expect(hasNote("the database is calm again"))
        #expect(snapshot.head.facts["method"] == method.rawValue)
        for sleeper in sleepers { sleeper.terminate() }
        server.remove()
    }

    @Test(arguments: [1, 3]) func `so many connections read at once as are asked for`(
        connections: Int
    ) async throws {
        let server = try start(Row(edition: .v15, checksums: true))
        let cluster = try await ProtectedCluster(server: server)
        var settings = cluster.settings(.sql)
        settings.connections = connections
        let asked = settings
        cluster.gate.shut()
        async let backup = cluster.ending(asked)
        defer { cluster.gate.open() }
        let readers = """
            from pg_stat_activity
            where query like '%pg_read_binary_file(r.path%' and pid <> pg_backend_pid()
            """
        #expect(try await until(server, "select count(*) = \(connections) \(readers)"))
        for _ in 0..<8 {
            #expect(try server.psql("select count(*) \(readers)") == "\(connections)")
        }
        cluster.gate.open()
        #expect(try await backup.get().head.facts["method"] == "sql")
        server.remove()
    }

    /// Asks again and again until an answer is true, or above zero.
    private func until(_ server: PostgresServer, _ sql: String) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(300)
        while ContinuousClock.now < deadline {
            if !["0", "f"].contains(try server.psql(sql)) { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }
}
