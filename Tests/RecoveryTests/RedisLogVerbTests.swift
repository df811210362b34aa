import Foundation
import Glibc
import Model
import Recovery
import StackConfiguration
import SystemIO
import SystemPackage
import TestKit
import Testing

/// The log of Redis through the real executable.
@Suite(.serialized, .ownThreads) struct RedisLogVerbTests {
    @Test func `a kill leaves no gap, a server without its history does, and both are told`()
        async throws
    {
        let server = try RedisServer.beating()
        defer { server.remove() }
        let playground = try await Playground.protectingLog(of: server)
        let moment = try await playground.whileRunning(endedBy: SIGKILL) {
            () async throws(Fault) in
            _ = try await server.ask("SET", "a", "1")
            return try await playground.recoverableMoment()
        }.value
        // Nobody receives this; the server keeps it.
        _ = try await server.ask("SET", "a", "2")
        try await playground.whileRunning { () async throws(Fault) in
            try await playground.recoverableMoment()
        }
        let whole = try await playground.run(["ls", "web/redis"]).output
        #expect(whole.contains("log of redis, since ") && !whole.contains("gap"), "\(whole)")
        let doctor = try await playground.run(["doctor"]).output
        #expect(doctor.contains("redis, log: repl-backlog-size is 1.0 MiB"), "\(doctor)")
        #expect(doctor.contains("redis, log: leads from the newest snapshot to offset"))
        for (target, value) in [(moment.exactText, "1"), ("latest", "2")] {
            let back = try RedisServer(stopped: ())
            defer { back.remove() }
            let restored = try await playground.run([
                "restore", "web/redis", "--at", target, "--to", back.directory.path, "--yes",
            ])
            #expect(restored.code == 0, "\(restored.text)")
            #expect(restored.text.contains("of commands on it"), "\(restored.text)")
            try back.start([])
            #expect(try await back.ask("GET", "a") == value)
        }

        server.stop()
        try server.start(RedisServer.beatingSettings)
        _ = try await server.ask("SET", "b", "3")
        let inside = SystemClock().now()
        try await playground.whileRunning { () async throws(Fault) in
            try await playground.recoverableMoment()
        }
        #expect(try playground.read("run.log").contains("there is a gap before it"))
        let divided = try await playground.run(["ls", "web/redis"]).output
        #expect(divided.contains(", then a gap"), "\(divided)")
        let refused = try await playground.run([
            "restore", "web/redis", "--at", inside.rfc3339(digits: 3), "--to", "new", "--yes",
        ])
        #expect(refused.code == 15, "\(refused.text)")
        #expect(refused.text.contains("E-TARGET-WINDOW"), "\(refused.text)")
        #expect(try await playground.run(["check", "--deep"]).code == 0)
    }

    /// Where the Redis stands, by a clock that shows a moment.
    private static func component(
        _ playground: Playground,
        at moment: Instant
    ) async throws -> StatusReport.Component {
        let decoded = try StackConfiguration.decode(
            try playground.read("lifeboat.yaml"),
            file: playground.configuration.string,
            environment: [:],
            machine: "h1"
        )
        let stack = Stack(decoded.configuration, variables: [:], clock: SimulatedClock(moment))
        return try #require(try await StatusReport.read(stack).components.first)
    }

    @Test func `a log that nobody receives is told`() async throws {
        let server = try RedisServer.beating()
        defer { server.remove() }
        let playground = try await Playground.protectingLog(of: server)
        #expect(try await playground.run(["backup"]).code == 0)
        let status = try await playground.run(["status"]).text
        #expect(status.contains("nothing of its log is in the vault: lifeboat run"), "\(status)")
        let doctor = try await playground.run(["doctor"]).text
        #expect(doctor.contains("redis, log: nothing of its log is in the vault"), "\(doctor)")
        let moment = try await playground.whileRunning { () async throws(Fault) in
            try await playground.recoverableMoment()
        }.value
        try playground.edit("log: {keep: 2d}", "log: {keep: 2d, server: /nowhere/redis-server}")
        let missing = try await playground.run(["doctor"]).text
        #expect(
            missing.contains("redis, log: unable to replay the log with Redis 7.0"),
            "\(missing)"
        )
        try playground.edit(", server: /nowhere/redis-server", "")
        let found = try await playground.run(["doctor"]).text
        #expect(!found.contains("unable to replay"), "\(found)")
        let present = try await Self.component(playground, at: moment)
        #expect(present.lateness == nil)
        let later = try await Self.component(playground, at: moment + .seconds(3_600))
        #expect(
            later.problems.contains {
                $0.hasPrefix("nothing of its log has arrived since 2")
                    && $0.hasSuffix(": lifeboat run")
            },
            "\(later.problems)"
        )
    }

    @Test func `what the server refuses is told with what mends it`() async throws {
        let server = try RedisServer.beating()
        defer { server.remove() }
        let playground = try await Playground.protectingLog(of: server)
        _ = try await server.ask("ACL", "SETUSER", "default", "-psync")
        try await playground.whileRunning { () async throws(Fault) in
            try playground.waitUntilRun(says: "trying again")
        }
        let told = try playground.read("run.log")
        #expect(
            told.contains(
                "; trying again (Allow what a backup needs: redis-cli ACL SETUSER default +psync"
            ),
            "\(told)"
        )
    }
}
