import Foundation
import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// What one thing cannot come back as, and what a killed run leaves.
@Suite(.ownThreads) struct OneThingRefusalTests {
    @Test(.timeLimit(.minutes(30)))
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

    @Test(.timeLimit(.minutes(30)))
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

    /// Kills a restore of a table while it reads the scratch cluster, of which the folder is left.
    private func leave(_ scene: OneThingScene) async throws -> URL {
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
        try scene.playground.write("lifeboat.yaml", before)
        try FileManager.default.removeItem(atPath: mark)
        #expect(try await WorkingProcesses.awaitEnd(below: scene.scratch.path).isEmpty)
        #expect(scene.leftovers.count == 1)
        return scene.scratch.appending(path: try #require(scene.leftovers.first))
    }

    /// The names in the work folder that tell of scratch folders.
    private func notes(_ scene: OneThingScene) throws -> [String] {
        try FileManager.default.contentsOfDirectory(
            atPath: scene.playground.path.appending("state/work").string
        ).filter { $0.hasPrefix("lifeboat-scratch-") }
    }

    @Test(.timeLimit(.minutes(30)))
    func `no process outlives a run that is killed, and the next one removes its folder`()
        async throws
    {
        let scene = try await OneThingScene()
        defer { scene.server.remove() }
        try scene.server.psql("create table t (n int)")
        try await scene.backUp()
        _ = try await leave(scene)
        let next = try await scene.restore(["--table", "t"])
        #expect(next.code == 0, "\(next.errors)")
        #expect(try scene.leftovers.isEmpty && notes(scene).isEmpty)

        // Nobody names its place any more, and the one that lives there goes first.
        let left = try await leave(scene)
        let playground = scene.playground.path
        let sleeper = Command(
            "/bin/sleep",
            arguments: ["600"],
            workingDirectory: FilePath(left.appending(path: "data").path)
        )
        let log = playground.appending("sleeper.log")
        let (busy, _) = try await sleeper.spawn(log: log) { child async throws(Fault) in
            let ending = try await Program.run(["backup"], in: playground)
            try child.terminate(SIGKILL)
            _ = try child.wait(upTo: .seconds(300))
            return ending
        }
        #expect(busy.code == 0 && busy.errors.contains("still works there"), "\(busy.text)")
        #expect(scene.leftovers == [left.lastPathComponent])
        #expect(try notes(scene) == [left.lastPathComponent])
        let backup = try await scene.playground.run(["backup"])
        let words = "removed what a killed run had left: \(left.path)"
        #expect(backup.code == 0 && backup.errors.contains(words), "\(backup.text)")
        #expect(try scene.leftovers.isEmpty && notes(scene).isEmpty)
    }

    @Test(.timeLimit(.minutes(30)))
    func `the folder of a run that lives stays, and what a note does not mean`() async throws {
        let scene = try await OneThingScene()
        defer { scene.server.remove() }
        try scene.server.psql("create table t (n int)")
        try await scene.backUp()
        let left = try await leave(scene)
        let path = FilePath(left.appending(path: "lock").path)
        guard let lock = try FileLock.acquire(path, wait: false) else {
            throw Fault(.failedTest, "somebody holds '\(path)'")
        }
        let held = try await scene.playground.run(["backup"])
        #expect(held.code == 0 && !held.errors.contains("killed run"), "\(held.text)")
        #expect(scene.leftovers.count == 1)
        lock.release()
        // A note leads to the folder of its own name, and to nothing else.
        let precious = scene.server.root.appending(path: "precious").path
        try FileManager.default.createDirectory(
            atPath: precious,
            withIntermediateDirectories: true
        )
        try scene.playground.write("state/work" + "/lifeboat-scratch-0000", precious)
        let refused = try await scene.playground.run(["backup"])
        #expect(refused.errors.contains("removed what a killed run had left"), "\(refused.text)")
        #expect(refused.errors.contains("is still there: "), "\(refused.text)")
        #expect(FileManager.default.fileExists(atPath: precious))
        #expect(try scene.leftovers.isEmpty && notes(scene) == ["lifeboat-scratch-0000"])
    }

    @Test(.timeLimit(.minutes(30)))
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
