import Foundation
import Model
import TestKit

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

    /// Waits until the vault holds the log of `db/postgres` up to a position.
    ///
    /// - Throws: a failed test when that does not come within five minutes.
    func waitForLog(
        upTo position: String,
        variables: [String: String] = [:]
    ) async throws(Fault) {
        let limit = ContinuousClock.now + .seconds(300)
        while ContinuousClock.now < limit {
            let plan = try await run(
                ["restore", "db/postgres", "--at", "lsn:\(position)", "--to", "plan"],
                variables: variables
            )
            if plan.errors.contains("nobody can be asked") { return }
        }
        throw Fault(.failedTest, "the log did not come")
    }
}

extension PostgresServer {
    /// Waits until no slot is in use: a server notices only after a while that a receiver has gone.
    func waitForIdleSlots() throws(Fault) {
        try wait(until: "select count(*) = 0 from pg_replication_slots where active")
    }
}
