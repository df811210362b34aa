import Foundation
import Glibc
import Model
import TestKit
import Testing

extension Playground {
    /// A stack of one PostgreSQL, `db/postgres`, after `init`.
    static func protecting(_ server: PostgresServer) async throws -> Playground {
        let playground = try Playground()
        let made = try await playground.run([
            "init", "db", "--copy", "vault", "--state", "state", "--host", "h1", "--postgres",
            "host=\(server.root.path) port=\(server.port) user=postgres dbname=postgres",
            "--kit", "kit.txt", "--quiet",
        ])
        guard made.code == 0 else { throw Fault(.failedTest, made.text) }
        return playground
    }

    /// The newest moment that can be gone back to, of the first component in what `status --json` says.
    static func recoverableTo(_ json: String) -> Instant? {
        json.split(separator: "\"recoverable_to\":\"").dropFirst().first
            .flatMap { Instant(rfc3339: $0.prefix { $0 != "\"" }) }
    }
}

extension PostgresServer {
    /// Waits until no slot is in use: a server notices only after a while that a receiver has gone.
    func waitForIdleSlots() throws {
        try wait(until: "select count(*) = 0 from pg_replication_slots where active")
    }

    /// Waits until SQL answers `t`.
    func wait(until sql: String) throws {
        let limit = ContinuousClock.now + .seconds(300)
        while try psql(sql) != "t" {
            try #require(ContinuousClock.now < limit, "\(sql)")
            usleep(50_000)
        }
    }
}
