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
        let (backup, status) = try await playground.whileRunning { () async throws(Fault) in
            try playground.waitUntilRun(says: "receiving the log")
            return try await playground.run(["backup"])
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
        Playground.recoverableTo(try await playground.run(["status", "--json"]).output)
    }

    @Test
    func `run goes on when its only copy is taken out and comes back`() async throws {
        let server = try PostgresServer.make()
        defer { server.remove() }
        try server.start()
        let playground = try await Playground.protecting(server)
        try playground.edit("heartbeat: 10s", "heartbeat: 200ms")
        #expect(try await playground.run(["backup"]).code == 0)
        let (vault, away) = (playground.path.appending("vault"), playground.path.appending("away"))
        let (_, status) = try await playground.whileRunning { () async throws(Fault) in
            try playground.waitUntilRun(says: "receiving the log")
            #expect(rename(vault.string, away.string) == 0)
            try playground.waitUntilRun(says: "trying again")
            let gone = SystemClock().now()
            #expect(rename(away.string, vault.string) == 0)
            let limit = ContinuousClock.now + .seconds(300)
            var reach = try await Self.reach(playground)
            while reach.map({ $0 < gone }) ?? true, ContinuousClock.now < limit {
                reach = try await Self.reach(playground)
            }
            #expect(reach.map { $0 >= gone } == true)
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
