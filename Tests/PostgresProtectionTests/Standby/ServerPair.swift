import Foundation
import Model
import TestKit
import Testing

/// A primary and its standby, which change places.
struct ServerPair {
    let first: PostgresServer
    let second: PostgresServer

    /// How whoever wants the primary connects, whichever of the two it is.
    var parameters: [String: String] {
        [
            "host": "\(first.root.path),\(second.root.path)", "port": String(first.port),
            "target_session_attrs": "read-write",
        ]
    }

    /// A running pair; the second one follows the first.
    static func make() async throws -> ServerPair {
        let first = try PostgresServer.make(settings: ["wal_keep_size": "256MB"])
        try first.start()
        let second = try PostgresServer.emptyDirectory()
        try first.run(
            "pg_basebackup",
            first.connectionArguments + ["-D", second.data.path, "-R", "-c", "fast"]
        )
        try second.adoptData()
        try second.start()
        return ServerPair(first: first, second: second)
    }

    /// How a standby connects to a server.
    static func conninfo(_ server: PostgresServer) -> String {
        "host=\(server.root.path) port=\(server.port) user=postgres dbname=postgres"
    }

    /// Waits until a standby has replayed all that its primary has written by now.
    static func wait(for standby: PostgresServer, _ primary: PostgresServer) async throws {
        let end = try primary.psql("select pg_current_wal_lsn()")
        let deadline = ContinuousClock.now + .seconds(300)
        while try standby.psql("select pg_last_wal_replay_lsn() >= '\(end)'") != "t" {
            try #require(ContinuousClock.now < deadline, "\(standby.serverLog.suffix(2000))")
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Makes a server that has crashed a standby of the one that was promoted instead.
    static func rewind(_ old: PostgresServer, to new: PostgresServer) throws {
        // Until then its control file does not tell of its timeline.
        try new.psql("checkpoint")
        try old.run(
            "pg_rewind",
            ["-D", old.data.path, "--source-server", conninfo(new), "-R"]
        )
        try old.adoptData()
        try old.start()
    }

    func remove() {
        second.remove()
        first.remove()
    }
}
