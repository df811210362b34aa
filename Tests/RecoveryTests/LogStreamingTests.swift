import Foundation
import Glibc
import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// `lifeboat run` against a real server.
@Suite(.ownThreads) struct LogStreamingTests {
    @Test
    func `run receives the log, a backup joins in, and SIGTERM ends it cleanly`() async throws {
        let playground = try Playground()
        let server = try PostgresServer.make()
        defer { server.remove() }
        try server.start()
        let made = try await playground.run([
            "init", "db", "--copy", "vault", "--state", "state", "--host", "h1", "--postgres",
            "host=\(server.root.path) port=\(server.port) user=postgres dbname=postgres",
            "--kit", "kit.txt", "--quiet",
        ])
        #expect(made.code == 0 && made.text.isEmpty, "\(made.text)")
        let command = Command(
            try Program.path,
            arguments: ["run"],
            environment: ["PATH": "/usr/bin:/bin"],
            workingDirectory: playground.path
        )
        let log = playground.path.appending("run.log")
        let (backup, status) = try await command.spawn(log: log) { child async throws(Fault) in
            while try DurableFile.read(log, limit: ByteCount(1 << 20)).isEmpty { usleep(2_000) }
            let backup = try await Program.run(["backup"], in: playground.path)
            kill(child.pid, SIGTERM)
            _ = try child.wait(upTo: .seconds(300))
            return backup
        }
        #expect(backup.code == 0, "\(backup.text)")
        #expect(status == .exited(0))
        #expect(try playground.read("run.log").contains("receiving the log"))
        let ls = try await playground.run(["ls", "db/postgres"])
        #expect(ls.output.contains("log of postgres, timeline 1"))
        #expect(try await playground.run(["check", "--deep"]).code == 0)
        try server.stop(.immediate)
        let unreachable = try await playground.run(["backup"])
        #expect(unreachable.code == 14)
        #expect(unreachable.errors.contains("E-PG-UNREACHABLE"))
    }

    private static func reach(_ playground: Playground) async throws(Fault) -> Instant? {
        Playground.recoverableTo(
            try await Program.run(["status", "--json"], in: playground.path).output
        )
    }

    @Test
    func `run goes on when its only copy is taken out and comes back`() async throws {
        let server = try PostgresServer.make()
        defer { server.remove() }
        try server.start()
        let playground = try await Playground.protecting(server)
        try playground.edit("heartbeat: 10s", "heartbeat: 200ms")
        #expect(try await playground.run(["backup"]).code == 0)
        let command = Command(
            try Program.path,
            arguments: ["run"],
            environment: ["PATH": "/usr/bin:/bin"],
            workingDirectory: playground.path
        )
        let log = playground.path.appending("run.log")
        let (vault, away) = (playground.path.appending("vault"), playground.path.appending("away"))
        let (_, status) = try await command.spawn(log: log) { child async throws(Fault) in
            let limit = ContinuousClock.now + .seconds(600)
            let hears = { (text: String) throws(Fault) in
                let told = try DurableFile.read(log, limit: ByteCount(1 << 20))
                return String(decoding: told, as: UTF8.self).contains(text)
            }
            while try !hears("receiving the log"), ContinuousClock.now < limit { usleep(2_000) }
            #expect(rename(vault.string, away.string) == 0)
            while try !hears("trying again"), ContinuousClock.now < limit { usleep(2_000) }
            #expect(try hears("trying again"))
            let gone = SystemClock().now()
            #expect(rename(away.string, vault.string) == 0)
            var reach = try await Self.reach(playground)
            while reach.map({ $0 < gone }) ?? true, ContinuousClock.now < limit {
                reach = try await Self.reach(playground)
            }
            #expect(reach.map { $0 >= gone } == true)
            try child.terminate(SIGTERM)
            _ = try child.wait(upTo: .seconds(300))
        }
        let told = try playground.read("run.log")
        #expect(status == .exited(0), "\(told)")
    }

    @Test
    func `run has nothing to do without a log`() async throws {
        let playground = try await Playground.initialised()
        let ending = try await playground.run(["run"])
        #expect(ending.code == 2)
        #expect(ending.errors.contains("E-UNSUPPORTED"))
    }
}
