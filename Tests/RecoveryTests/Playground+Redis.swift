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
}

extension RedisServer {
    /// What `redis-cli` says to a command, without the end of its last line.
    func ask(_ words: String...) async throws(Fault) -> String {
        let command = Command("redis-cli", arguments: ["-s", socketPath] + words)
        let output = try await command.runSuccessfully(outputLimit: 1 << 16)
        return String(decoding: output, as: UTF8.self).trimmingCharacters(in: .newlines)
    }
}
