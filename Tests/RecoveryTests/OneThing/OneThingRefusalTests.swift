import Foundation
import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// What one thing cannot come back as, and what a killed run leaves.
@Suite(.ownThreads) struct OneThingRefusalTests {
    @Test(.timeLimit(.minutes(5)))
    func `what was not there is refused, and what was there is named`() async throws {
        let scene = try await OneThingScene()
        defer { scene.server.remove() }
        try scene.server.psql("create database app")
        try scene.server.psql("create table \"Calls\" (n int)", database: "app")
        try scene.server.psql("create table kinds (n int)", database: "app")
        try scene.server.psql("create table kinds (n int)")
        try await scene.backUp()
        let none = try await scene.restore(["--table", "public.calls"])
        #expect(none.code == 15 && none.errors.contains("id: E-TABLE-NONE"), "\(none.text)")
        #expect(none.errors.contains("Database app had public.\"Calls\", public.kinds."))
        let two = try await scene.restore(["--table", "kinds"])
        #expect(two.code == 15 && two.errors.contains("there were 2 of that name"), "\(two.text)")
        #expect(two.errors.contains("--table 'public.kinds' --database 'app'"))
        let database = try await scene.restore(["--database", "apps"])
        #expect(database.code == 15, "\(database.text)")
        #expect(database.errors.contains("id: E-DATABASE-NONE"))
        #expect(database.errors.contains("There were: app, postgres."))
        #expect(none.output.isEmpty && two.output.isEmpty && database.output.isEmpty)
        #expect(scene.leftovers.isEmpty)

        let empty = scene.server.root.appending(path: "empty")
        try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
        try scene.playground.edit(
            "kind: postgresql\n",
            "kind: postgresql\n    binaries: \(empty.path)\n"
        )
        let missing = try await scene.restore(["--table", "kinds", "--database", "app"])
        #expect(missing.code == 15, "\(missing.text)")
        #expect(missing.errors.contains("id: E-SERVER-MISSING"))
        #expect(scene.leftovers.isEmpty)
    }

    @Test(.timeLimit(.minutes(5)))
    func `what comes out cut short is not whole, whatever status pg_dump ends with`() async throws {
        let scene = try await OneThingScene()
        defer { scene.server.remove() }
        try scene.server.psql("create table t (n int)")
        try await scene.backUp()
        let real = scene.server.binaries.appending(path: "pg_dump").path
        let folder = try scene.programs("pg_dump", "\(real) \"$@\" | head -c 600")
        try scene.playground.edit(
            "kind: postgresql\n",
            "kind: postgresql\n    binaries: \(folder.path)\n"
        )
        try scene.server.psql("drop table t")
        for flags in [
            ["--table", "t"], ["--table", "t", "--to", "table:t"], ["--database", "postgres"],
        ] {
            let cut = try await scene.restore(flags)
            #expect(cut.code == 1, "\(flags): \(cut.text)")
            #expect(cut.errors.contains("id: E-PG-DUMP"), "\(flags): \(cut.text)")
        }
        #expect(try scene.server.psql("select to_regclass('t') is null") == "t")
        #expect(scene.leftovers.isEmpty)
    }

    @Test(arguments: [
        ["--to", "stdout"], ["--to", "table:x"], ["--where", "true"], ["--data-only"],
        ["--table", "a.b.c"], ["--table", "t", "--to", "folder"],
        ["--database", "d", "--to", "table:x"], ["--database", "d", "--where", "true"],
        ["--table", "t", "--no-recover"], ["--table", "t", "--json"],
        ["--table", "t", "--data-only", "--to", "table:x"],
    ])
    func `flags that contradict each other are refused at once`(flags: [String]) async throws {
        let playground = try Playground()
        let made = try await playground.run([
            "init", "db", "--copy", "vault", "--state", "state", "--host", "h1", "--files",
            "source", "--kit", "kit.txt", "--quiet",
        ])
        #expect(made.code == 0, "\(made.text)")
        try playground.edit(
            "components:\n",
            "components:\n  postgres: {kind: postgresql, dsn: host=/nowhere}\n"
        )
        let ending = try await playground.run(["restore", "db/postgres", "--yes"] + flags)
        #expect(ending.code == 2, "\(ending.text)")
        #expect(ending.text.contains("unable to "))
    }

    @Test(.timeLimit(.minutes(5)))
    func `no process outlives a run that is killed, and the next one removes its folder`()
        async throws
    {
        let scene = try await OneThingScene()
        defer { scene.server.remove() }
        try scene.server.psql("create table t (n int)")
        try await scene.backUp()
        let mark = scene.server.root.appending(path: "mark").path
        let programs = try scene.programs("pg_dump", "touch \(mark)\nexec sleep 600")
        let before = try scene.playground.read("lifeboat.yaml")
        try scene.playground.edit(
            "kind: postgresql\n",
            "kind: postgresql\n    binaries: \(programs.path)\n"
        )
        let flags = ["restore", "db/postgres", "--yes", "--scratch", scene.scratch.path]
        _ = try await scene.playground.kill(flags + ["--table", "t"]) {
            FileManager.default.fileExists(atPath: mark)
        }
        #expect(scene.leftovers.count == 1)
        #expect(try await WorkingProcesses.awaitEnd(below: scene.scratch.path).isEmpty)
        try scene.playground.write("lifeboat.yaml", before)
        let next = try await scene.restore(["--table", "t"])
        #expect(next.code == 0, "\(next.errors)")
        #expect(scene.leftovers.isEmpty)
    }

    @Test(.timeLimit(.minutes(5)))
    func `a dump that ends early leaves nothing on the live server and no file`() async throws {
        let scene = try await OneThingScene()
        defer { scene.server.remove() }
        try scene.server.psql("create table t (n int); insert into t select generate_series(1, 9)")
        try await scene.backUp()
        let real = scene.server.binaries.appending(path: "pg_dump").path
        // The first half of what it would write, as a program that dies writes it.
        let programs = try scene.programs("pg_dump", "\(real) \"$@\" | head -c 900\nexit 1")
        try scene.playground.edit(
            "kind: postgresql\n",
            "kind: postgresql\n    binaries: \(programs.path)\n"
        )
        try scene.server.psql("drop table t")
        for place in ["table:t", "database:copy", "out.sql"] {
            let subject = place == "database:copy" ? "--database" : "--table"
            let name = place == "database:copy" ? "postgres" : "t"
            let ending = try await scene.restore([subject, name, "--to", place])
            #expect(ending.code == 1, "\(place): \(ending.text)")
            #expect(scene.leftovers.isEmpty)
        }
        #expect(try scene.server.psql("select to_regclass('t') is null") == "t")
        let databases = "select datname from pg_database where datname ~ 'copy|lifeboat'"
        #expect(try scene.server.psql(databases) == "")
        let names = try Directory.open(scene.playground.path).names().map(\.description)
        #expect(!names.contains { $0.hasSuffix(".sql") || $0.hasPrefix(".tmp-") })
    }
}
