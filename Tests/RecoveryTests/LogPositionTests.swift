import Foundation
import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// `restore --at lsn:…`, of stacks with and without a log.
@Suite(.ownThreads) struct LogPositionTests {
    @Test
    func `a stack without a log has no log positions`() async throws {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        let all = try await playground.run(["restore", "--at", "lsn:0/3000000", "--to", "out"])
        #expect(all.code == 2, "\(all.text)")
        #expect(all.errors.contains("id: E-TARGET-LOG"))
        #expect(
            all.errors.contains("there is no PostgreSQL among files (files), secrets (secrets)")
        )
        let one = try await playground.run([
            "restore", "web/files", "--at", "lsn:0/3000000", "--to", "out", "--yes",
        ])
        #expect(one.code == 2, "\(one.text)")
        #expect(one.errors.contains("there is no PostgreSQL among files (files)"))
        #expect(try FileSystem.status(playground.path.appending("out")) == nil)
    }

    @Test
    func `two logs have no common position`() async throws {
        let playground = try await Playground.initialised()
        let cluster = "\n    kind: postgresql\n    dsn: host=/nowhere\n    wal: {slot: "
        try playground.edit(
            "components:\n",
            "components:\n  one:\(cluster)a}\n  two:\(cluster)b}\n"
        )
        let both = try await playground.run(["restore", "--at", "lsn:0/3000000", "--to", "out"])
        #expect(both.code == 2, "\(both.text)")
        #expect(both.errors.contains("it has 2 PostgreSQL clusters"))
        #expect(both.errors.contains("web/one") && both.errors.contains("web/two"))
    }

    @Test
    func `what has no log goes back to its snapshot before the position`() async throws {
        let playground = try Playground()
        let server = try PostgresServer.make()
        defer { server.remove() }
        try server.start()
        let made = try await playground.run([
            "init", "db", "--copy", "vault", "--state", "state", "--host", "h1", "--postgres",
            "host=\(server.root.path) port=\(server.port) user=postgres dbname=postgres",
            "--files", "source", "--kit", "kit.txt", "--quiet",
        ])
        #expect(made.code == 0, "\(made.text)")
        try playground.edit("heartbeat: 10s", "heartbeat: 200ms")
        try server.psql("create table t (n int)")
        let (position, status) = try await playground.whileRunning { () async throws(Fault) in
            try await story(playground, server)
        }
        let log = try playground.read("run.log")
        #expect(status == .exited(0), "\(log)")
        // The user `postgres` must be able to pass through to it.
        let restored = try PostgresServer.emptyDirectory()
        defer { restored.remove() }
        let out = FilePath(restored.root.path).appending("out")
        let done = try await playground.run([
            "restore", "--at", "lsn:\(position)", "--to", out.string, "--yes",
        ])
        #expect(done.code == 0, "\(done.text)")
        #expect(done.output.contains("what has no log goes back to "))
        #expect(done.output.contains(" before the target"))
        let letter = out.appending(playground.restored("files", "source/letter"))
        #expect(try DurableFile.read(letter, limit: ByteCount(100)) == Array("second\n".utf8))
        try FileManager.default.moveItem(
            atPath: out.appending("postgres").string,
            toPath: restored.data.path
        )
        try restored.adoptData()
        try restored.start()
        #expect(try restored.psql("select max(n) from t") == "2")
    }

    /// Three states of the files and of the table; gives a position in the second.
    private func story(
        _ playground: Playground,
        _ server: PostgresServer
    ) async throws(Fault) -> LSN {
        try server.psql("insert into t values (1)")
        try await backUp(playground, "first", "db")
        try await backUp(playground, "second", "db/files")
        let second = SystemClock().now()
        try server.psql("insert into t values (2)")
        let position = try await position(after: second, playground, server)
        try server.psql("insert into t values (3)")
        try await backUp(playground, "third", "db/files")
        // The log behind the position reaches the vault too, so that a restore must stop by itself.
        let end = try Self.position(server)
        try await wait(playground, for: end)
        return position
    }

    private func backUp(
        _ playground: Playground,
        _ text: String,
        _ subject: String
    ) async throws(Fault) {
        let path = playground.source.appending("letter")
        try DurableFile.replace(path, with: Array("\(text)\n".utf8), mode: 0o600)
        let ending = try await Program.run(["backup", subject], in: playground.path)
        guard ending.code == 0 else { throw Fault(.failedTest, ending.text) }
    }

    /// A position that the log is known to have reached after a moment.
    private func position(
        after moment: Instant,
        _ playground: Playground,
        _ server: PostgresServer
    ) async throws(Fault) -> LSN {
        let limit = ContinuousClock.now + .seconds(300)
        while ContinuousClock.now < limit {
            let position = try Self.position(server)
            let plan = try await plan(playground, position)
            let known = plan.split(separator: "\"moment\":\"").dropFirst().first
                .flatMap { Instant(rfc3339: $0.prefix { $0 != "\"" }) }
            if let known, known > moment { return position }
        }
        throw Fault(.failedTest, "no heartbeat came")
    }

    private func wait(
        _ playground: Playground,
        for position: LSN
    ) async throws(Fault) {
        let limit = ContinuousClock.now + .seconds(300)
        while ContinuousClock.now < limit {
            let plan = try await plan(playground, position)
            if plan.contains("\"moment\":\"") { return }
        }
        throw Fault(.failedTest, "the log did not come")
    }

    private func plan(_ playground: Playground, _ position: LSN) async throws(Fault) -> String {
        try await Program.run(
            ["restore", "--json", "--at", "lsn:\(position)", "--to", "out"],
            in: playground.path
        ).output
    }

    private static func position(_ server: PostgresServer) throws(Fault) -> LSN {
        let text = try server.psql("select pg_current_wal_insert_lsn()")
        guard let position = LSN(text) else { throw Fault(.failedTest, text) }
        return position
    }
}
