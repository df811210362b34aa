import Foundation
import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// `lifeboat doctor`: what it finds, and how it ends.
@Suite(.ownThreads) struct DoctorTests {
    /// A change of a healthy stack, what `doctor` says of it and how it ends.
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        var remove: String?
        var edit: (old: String, new: String)?
        let says: [String]
        let code: Int32
        var testDescription: String { name }
    }

    static let rows = [
        Row(
            name: "nothing changed",
            says: [
                "ok: keys: host h1 is enrolled", "ok: recipients: 1, as enrolled",
                "ok: copy local: there and up to date",
                "warning: 3-2-1: there is one copy beside the data, not 2; add one under `copies:`",
                "warning: recovery kit: never tested", "lifeboat key kit --test FILE",
            ],
            code: 4
        ),
        Row(
            name: "the keys are gone",
            remove: "state/keys",
            says: ["problem: keys: unable to read the keys", "lifeboat key enrol --kit FILE"],
            code: 12
        ),
        Row(
            name: "the copy is gone",
            remove: "vault",
            says: ["problem: copies: unable to open store"],
            code: 10
        ),
        Row(
            name: "its packs are gone",
            remove: "vault/packs",
            says: ["problem: copy local: damage", "lifeboat check --copy local --repair"],
            code: 5
        ),
        Row(
            name: "there are other recipients",
            edit: (
                "recipients: [",
                "recipients: [age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p, "
            ),
            says: ["problem: recipients: unable to seal to `keys.recipients`"],
            code: 15
        ),
        Row(
            name: "a server does not answer",
            edit: (
                "components:\n",
                "components:\n  cache:\n    kind: redis\n    address: unix:///nowhere/redis.sock\n"
            ),
            says: ["problem: cache: unable to"],
            code: 14
        ),
    ]

    @Test(arguments: rows)
    func `what is wrong is said with what mends it`(row: Row) async throws {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        #expect(try await playground.run(["check"]).code == 0)
        if let name = row.remove { try playground.remove(name) }
        if let edit = row.edit { try playground.edit(edit.old, edit.new) }
        let ending = try await playground.run(["doctor", "web"])
        for text in row.says { #expect(ending.output.contains(text), "\(ending.text)") }
        #expect(ending.code == row.code, "\(ending.text)")
        let json = try await playground.run(["doctor", "--json"])
        #expect(json.code == row.code)
        #expect(json.output.contains("\"exit_code\":\(row.code),\"examinations\":["))
    }

    @Test func `servers are asked what their settings mean`() async throws {
        let playground = try Playground()
        let server = try PostgresServer.make()
        defer { server.remove() }
        try server.start()
        let redis = try RedisServer("--repl-diskless-sync", "no")
        defer { redis.remove() }
        let made = try await playground.run([
            "init", "db", "--copy", "vault", "--state", "state", "--host", "h1", "--postgres",
            "host=\(server.root.path) port=\(server.port) user=postgres dbname=postgres",
            "--redis", "unix://\(redis.socketPath)", "--kit", "kit.txt", "--quiet",
        ])
        #expect(made.code == 0, "\(made.text)")
        let before = try await playground.run(["doctor"])
        #expect(before.code == 4, "\(before.text)")
        for text in [
            "max_slot_wal_keep_size has no bound", "slot 'lifeboat_db' is not there",
            "repl-diskless-sync is off",
        ] { #expect(before.output.contains(text), "\(before.text)") }
        #expect(try await playground.run(["backup"]).code == 0)
        try server.psql("alter system set max_slot_wal_keep_size = '1GB'")
        try server.psql("select pg_reload_conf()")
        try server.waitForIdleSlots()
        let after = try await playground.run(["doctor"])
        #expect(
            after.output.contains("nobody receives the log of slot 'lifeboat_db'; lifeboat run")
        )
        try server.stop(.immediate)
        let gone = try await playground.run(["doctor"])
        #expect(gone.code == 14, "\(gone.text)")
    }

    @Test func `the grants that doctor prints open the way that needs them`() async throws {
        let playground = try Playground()
        let server = try PostgresServer.make(settings: ["max_slot_wal_keep_size": "1GB"])
        defer { server.remove() }
        try server.start()
        try server.psql("create database app")
        try server.psql("create role \"the boat\" login replication")
        let made = try await playground.run([
            "init", "db", "--copy", "vault", "--state", "state", "--host", "h1", "--postgres",
            "host=\(server.root.path) port=\(server.port) dbname=app", "--postgres-user",
            "the boat",
            "--kit", "kit.txt", "--quiet",
        ])
        #expect(made.code == 0, "\(made.text)")
        let archive = try await playground.run(["doctor"])
        #expect(
            archive.output.contains("answers; its files are read over the replication protocol"),
            "\(archive.text)"
        )
        try playground.edit("    method: auto\n", "    method: sql\n")
        let closed = try await playground.run(["doctor"])
        #expect(closed.output.contains("role 'the boat' may not execute"), "\(closed.text)")
        #expect(closed.output.contains("lifeboat doctor --grants"), "\(closed.text)")
        let grants = try await playground.run(["doctor", "--grants"])
        #expect(grants.code == 0, "\(grants.text)")
        try server.psql(grants.output, database: "app")
        let open = try await playground.run(["doctor"])
        #expect(open.output.contains("its files are read over 4 SQL connections"), "\(open.text)")
        let backup = try await playground.run(["backup", "--json"])
        #expect(backup.code == 0 && backup.output.contains("\"method\":\"sql\""), "\(backup.text)")
        // Before it reads, and in its result, a backup says how much it reads and why.
        let next = try await playground.run(["backup", "--json"])
        let lines = next.output.split(separator: "\n")
        let why = "the log names what changed since"
        let note = lines.firstIndex { $0.contains("\"note\"") && $0.contains(why) }
        let summary = try #require(lines.last)
        #expect(note.map { $0 < lines.count - 1 } == true, "\(next.text)")
        #expect(summary.contains("\"reading\":\"reads ") && summary.contains(why), "\(summary)")
        func bytes(_ name: String) -> Int? {
            let rest = summary.split(separator: "\"\(name)\":").dropFirst().first
            return rest.flatMap { Int($0.prefix { $0.isNumber }) }
        }
        let (read, source) = try (#require(bytes("bytes_read")), #require(bytes("bytes_source")))
        #expect(read > 0 && read < source / 2, "\(summary)")
        let json = try await playground.run(["doctor", "--grants", "--json"])
        #expect(json.output.contains("GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_binary_file"))
    }

    @Test func `a damaged page marks the backup, and the newest whole one stays`() async throws {
        let server = try PostgresServer.make(settings: ["autovacuum": "off"])
        defer { server.remove() }
        try server.start()
        try server.psql(
            "create table calls as select g, md5(g::text) from generate_series(1, 9000) g"
        )
        let playground = try await Playground.protecting(server)
        try playground.edit("- {name: local,", "- {keep: {last: 1}, name: local,")
        #expect(try await playground.run(["backup"]).code == 0)
        let path = try server.psql("select pg_relation_filepath('calls')")
        try server.psql("checkpoint")
        let file = try FileHandle(forUpdating: server.data.appending(path: path))
        try file.seek(toOffset: 2 * 8192 + 4000)
        try file.write(contentsOf: Data([1, 2, 3, 4]))
        try file.close()
        // What changed is read, and that page did not change: the earlier copy of it is the good one.
        let incremental = try await playground.run(["backup"])
        #expect(incremental.code == 0, "\(incremental.text)")
        // After a damaged backup everything is read without being asked for.
        for more in [["--read-everything"], []] {
            let damaged = try await playground.run(["backup"] + more)
            #expect(damaged.code == 3, "\(damaged.text)")
            #expect(damaged.text.contains("1 damaged page"), "\(damaged.text)")
            #expect(damaged.text.contains("wrong checksum in table public.calls of database"))
        }
        #expect(try await playground.run(["ls"]).output.contains("1 damaged page"))
        let status = try await playground.run(["status"])
        #expect(status.output.contains("1 damaged page: table public.calls of database postgres"))
        let plan = try await playground.run(["prune", "--dry-run", "--json"])
        let first = plan.output.components(separatedBy: "{\"snapshot\":").first {
            $0.contains("\"number\":2,")
        }
        #expect(first?.contains("\"kept\":true") == true, "\(plan.text)")
    }
}
