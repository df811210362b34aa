import Foundation
import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// Databases and roles as SQL, through the executable and real servers.
@Suite(.ownThreads) struct LogicalBackupTests {
    /// A server with a database of two tables and a role; its dumps are a component.
    private func scene() async throws -> OneThingScene {
        let scene = try await OneThingScene()
        try scene.playground.edit(
            "kind: postgresql\n",
            "kind: postgresql\n    logical: {databases: [app, 'odd/na.me']}\n"
        )
        try scene.server.psql("create role clerk login password 'hunter2'")
        try scene.server.psql("create database app owner clerk")
        try scene.server.psql("create database \"odd/na.me\"")
        try scene.server.psql(
            """
            create table large (id int primary key, v text);
            insert into large select i, md5(i::text) || md5((i + 1)::text) from generate_series(1, 200000) i;
            create table small (n int); insert into small values (1)
            """,
            database: "app"
        )
        return scene
    }

    /// A new snapshot of the dumps, and how many bytes it added.
    private func dump(_ scene: OneThingScene) async throws -> Int {
        let ending = try await scene.playground.run(["backup", "db/postgres-logical", "--json"])
        guard ending.code == 0 else { throw Fault(.failedTest, ending.text) }
        let line = ending.output.split(separator: "\n").last { $0.contains("\"summary\"") }
        let added = line?.split(separator: "\"bytes_added\":").dropFirst().first
        return Int(added?.prefix { $0.isNumber } ?? "") ?? -1
    }

    /// A server of another version, empty.
    private func newer() throws -> PostgresServer {
        let server = try PostgresServer.make(binaries: PostgresEdition.v16.binaries)
        try server.start()
        return server
    }

    private func feed(_ path: String, _ server: PostgresServer) throws {
        let copy = server.root.appending(path: "feed.sql")
        try? FileManager.default.removeItem(at: copy)
        try FileManager.default.copyItem(atPath: path, toPath: copy.path)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o644],
            ofItemAtPath: copy.path
        )
        try server.run(
            "psql",
            server.connectionArguments + ["-X", "-q", "-d", "postgres", "-f", copy.path]
        )
    }

    @Test(.timeLimit(.minutes(30)))
    func `dumps restore to a newer version, and what did not change is stored once`() async throws {
        let scene = try await scene()
        defer { scene.server.remove() }
        let first = try await dump(scene)
        try scene.server.psql("insert into small values (2)", database: "app")
        let second = try await dump(scene)
        #expect(first > 5_000_000 && second >= 0 && second < first / 2, "\(first), then \(second)")

        let out = scene.playground.path.appending("out").string
        let done = try await scene.playground.run([
            "restore", "db/postgres-logical", "--to", out, "--yes",
        ])
        #expect(done.code == 0, "\(done.text)")
        let newer = try newer()
        defer { newer.remove() }
        try feed("\(out)/globals.sql", newer)
        try feed("\(out)/databases/app.sql", newer)
        try feed("\(out)/databases/odd%2Fna.me.sql", newer)
        #expect(
            try newer.psql("select count(*), max(v) from large", database: "app")
                == scene.server.psql("select count(*), max(v) from large", database: "app")
        )
        #expect(try newer.psql("select sum(n) from small", database: "app") == "3")
        let owner = "select pg_get_userbyid(datdba) from pg_database where datname = 'app'"
        #expect(try newer.psql(owner) == "clerk")
        let odd = "select count(*) from pg_database where datname = 'odd/na.me'"
        #expect(try newer.psql(odd) == "1")

        let planted = scene.playground.path.appending("planted")
        let victim = scene.playground.path.appending("victim")
        try FileSystem.makeDirectories(victim, mode: 0o755)
        try PlantedLink.make(at: planted, to: victim)
        let refused = try await scene.playground.run([
            "restore", "db/postgres-logical", "--to", planted.string, "--yes",
        ])
        #expect(refused.code == 15 && refused.errors.contains("link of 4242"), "\(refused.text)")
        #expect(try FileSystem.isEmptyDirectory(victim) == true)

        let file = scene.playground.path.appending("all.sql.gz").string
        let compressed = try await scene.playground.run([
            "restore", "db/postgres-logical", "--to", file, "--yes",
        ])
        #expect(compressed.code == 0, "\(compressed.text)")
        let plain = try await Command("gzip", arguments: ["-dc", file])
            .runSuccessfully(outputLimit: 64 << 20)
        var expected: [UInt8] = []
        for name in ["globals.sql", "databases/app.sql", "databases/odd%2Fna.me.sql"] {
            expected += try DurableFile.read(FilePath("\(out)/\(name)"), limit: ByteCount(64 << 20))
        }
        #expect(plain == expected)
        let again = try await scene.playground.run([
            "restore", "db/postgres-logical", "--to", file, "--yes",
        ])
        #expect(again.code == 15, "\(again.text)")
        let names = try Directory.open(scene.playground.path).names().map(\.description)
        #expect(!names.contains { $0.hasPrefix(".tmp-") })
    }

    @Test(.timeLimit(.minutes(30)))
    func `programs of a newer version dump for that version`() async throws {
        let scene = try await scene()
        defer { scene.server.remove() }
        let binaries = PostgresEdition.v16.binaries.path
        try scene.playground.edit(
            "kind: postgresql\n",
            "kind: postgresql\n    binaries: \(binaries)\n"
        )
        _ = try await dump(scene)
        let out = scene.playground.path.appending("out").string
        let done = try await scene.playground.run([
            "restore", "db/postgres-logical", "--to", out, "--yes",
        ])
        #expect(done.code == 0, "\(done.text)")
        let text = try String(contentsOfFile: "\(out)/databases/app.sql", encoding: .utf8)
        #expect(text.contains("-- Dumped from database version 15"))
        #expect(text.contains("-- Dumped by pg_dump version 16"))
        let newer = try newer()
        defer { newer.remove() }
        try feed("\(out)/globals.sql", newer)
        try feed("\(out)/databases/app.sql", newer)
        let rows = "select count(*), max(v) from large"
        #expect(
            try newer.psql(rows, database: "app") == scene.server.psql(rows, database: "app")
        )
    }

    @Test(.timeLimit(.minutes(30)))
    func `a role that may not read is told the statement that lets it, and then it does`()
        async throws
    {
        let scene = try await scene()
        defer { scene.server.remove() }
        try scene.playground.edit("user=postgres", "user=clerk")
        try scene.server.psql(
            """
            alter table small enable row level security;
            select lo_create(4711)
            """,
            database: "app"
        )
        try scene.server.psql("revoke connect on database \"odd/na.me\" from public")
        let statements = [
            "GRANT pg_read_all_data TO \"clerk\";", "ALTER ROLE \"clerk\" BYPASSRLS;",
            "GRANT SELECT ON LARGE OBJECT 4711 TO \"clerk\";",
            "GRANT CONNECT ON DATABASE \"odd/na.me\" TO \"clerk\";",
        ]
        for statement in statements {
            let refused = try await scene.playground.run(["backup", "db/postgres-logical"])
            #expect(refused.code == 1, "\(refused.text)")
            #expect(refused.errors.contains("id: E-PG-DUMP"), "\(refused.text)")
            #expect(refused.errors.contains(statement), "\(refused.text)")
            let isIn = statement.contains("LARGE")
            try scene.server.psql(statement, database: isIn ? "app" : "postgres")
        }
        _ = try await dump(scene)
    }

    @Test(.timeLimit(.minutes(30)))
    func `programs that are too old and a lock are told what to do about`() async throws {
        let scene = try await scene()
        defer { scene.server.remove() }
        let before = try scene.playground.read("lifeboat.yaml")
        for (words, hint) in [
            ("pg_dump: error: aborting because of server version mismatch", "set `binaries:`"),
            (
                "pg_dump: error: query failed: ERROR:  canceling statement due to lock timeout",
                "back up again when it has ended"
            ),
        ] {
            let programs = try scene.programs("pg_dump", "echo '\(words)' >&2\nexit 1")
            try scene.playground.write("lifeboat.yaml", before)
            try scene.playground.edit(
                "kind: postgresql\n",
                "kind: postgresql\n    binaries: \(programs.path)\n"
            )
            try scene.playground.edit("'odd/na.me']}", "'odd/na.me'], globals: false}")
            let refused = try await scene.playground.run(["backup", "db/postgres-logical"])
            #expect(refused.code == 1, "\(refused.text)")
            #expect(refused.errors.contains("id: E-PG-DUMP"), "\(refused.text)")
            #expect(refused.errors.contains(hint), "\(refused.text)")
        }
    }

    @Test(.timeLimit(.minutes(30)), arguments: [0, 1])
    func `a dump that is cut short is no snapshot, and no password is on a command line`(
        status: Int
    ) async throws {
        let scene = try await scene()
        defer { scene.server.remove() }
        let words = scene.server.root.appending(path: "words").path
        let real = scene.server.binaries.appending(path: "pg_dump").path
        let programs = try scene.programs(
            "pg_dump",
            "echo \"$@\" >> \(words)\necho \"$PGPASSWORD\" >> \(words)-secret\n"
                + "\(real) \"$@\" | head -c 100000\nexit \(status)"
        )
        try scene.playground.edit(
            "kind: postgresql\n",
            "kind: postgresql\n    binaries: \(programs.path)\n    password: {exec: [echo, open-sesame]}\n"
        )
        try scene.playground.edit("'odd/na.me']}", "'odd/na.me'], globals: false}")
        let ending = try await scene.playground.run(["backup", "db/postgres-logical"])
        #expect(ending.code == 1, "\(ending.text)")
        #expect(ending.errors.contains("id: E-PG-DUMP"))
        let none = try await scene.playground.run([
            "restore", "db/postgres-logical", "--to", "out", "--yes",
        ])
        #expect(none.code == 15 && none.errors.contains("id: E-SNAPSHOT-NONE"), "\(none.text)")
        let arguments = try String(contentsOfFile: words, encoding: .utf8)
        #expect(arguments.contains("--create") && !arguments.contains("open-sesame"))
        let secret = try String(contentsOfFile: "\(words)-secret", encoding: .utf8)
        #expect(secret.contains("open-sesame"))
    }

    @Test(.timeLimit(.minutes(30)))
    func `a restore of the whole stack leaves dumps out, and a database that is gone is named`()
        async throws
    {
        let scene = try await scene()
        defer { scene.server.remove() }
        let backup = try await scene.playground.run(["backup"])
        #expect(backup.code == 0 && backup.output.contains("2 of 2"), "\(backup.text)")
        let plan = try await scene.playground.run([
            "restore", "db", "--to", scene.server.root.appending(path: "all").path,
        ])
        #expect(plan.code == 15 && plan.errors.contains("nobody can be asked"), "\(plan.text)")
        #expect(!plan.output.contains("postgres-logical"))
        let nowhere = try await scene.playground.run(["restore", "db/postgres-logical", "--yes"])
        #expect(nowhere.code == 2, "\(nowhere.text)")
        try scene.server.psql("drop database app")
        let gone = try await scene.playground.run(["backup", "db/postgres-logical"])
        #expect(gone.code == 15 && gone.errors.contains("id: E-DATABASE-NONE"), "\(gone.text)")
    }
}
