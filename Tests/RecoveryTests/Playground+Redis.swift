import Foundation
import Model
import SystemIO
import TestKit

extension Playground {
    /// A stack of one Redis, `web/redis`, after `init`.
    static func protecting(_ server: RedisServer) async throws -> Playground {
        let playground = try Playground()
        let made = try await playground.run([
            "init", "web", "--copy", "vault", "--state", "state", "--host", "h1", "--redis",
            "redis://127.0.0.1:\(server.port)", "--kit", "kit.txt", "--quiet",
        ])
        guard made.code == 0 else { throw Fault(.failedTest, made.text) }
        return playground
    }

    /// The same of which `run` receives the log.
    static func protectingLog(of server: RedisServer) async throws -> Playground {
        let playground = try await Playground.protecting(server)
        try playground.edit("    kind: redis\n", "    kind: redis\n    log: {keep: 2d}\n")
        return playground
    }

    /// Waits until everything written so far can be brought back; tells a moment at which it can.
    ///
    /// - Throws: a failed test when that does not come within five minutes.
    func recoverableMoment() async throws(Fault) -> Instant {
        let now = SystemClock().now()
        let limit = ContinuousClock.now + .seconds(300)
        var text = ""
        while ContinuousClock.now < limit {
            text = try await run(["status", "--json"]).output
            let reached = Self.recoverableTo(text)
            if let reached, reached >= now, text.contains("\"log_whole\":true") { return reached }
        }
        throw Fault(.failedTest, text)
    }
}

extension RedisServer {
    /// What `redis-cli` says to a command, without the end of its last line.
    func ask(_ words: String...) async throws(Fault) -> String {
        let command = Command("redis-cli", arguments: ["-s", socketPath] + words)
        let output = try await command.runSuccessfully(outputLimit: 1 << 16)
        return String(decoding: output, as: UTF8.self).trimmingCharacters(in: .newlines)
    }
}
