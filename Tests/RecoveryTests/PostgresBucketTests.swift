import Foundation
import Glibc
import Model
import ObjectStorage
import SystemIO
import SystemPackage
import TestKit
import Testing

/// A PostgreSQL cluster of which backup and log live in a bucket, through the executable.
@Suite(.ownThreads) struct PostgresBucketTests {
    @Test(.timeLimit(.minutes(30)))
    func `a cluster goes back to a moment from the log in a bucket`() async throws {
        let bucket = try Bucket(.moto)
        let playground = try Playground()
        let server = try PostgresServer.make()
        defer { server.remove() }
        try server.start()
        let made = try await playground.run(
            [
                "init", "db", "--copy", bucket.url, "--state", "state", "--host", "h1",
                "--postgres",
                "host=\(server.root.path) port=\(server.port) user=postgres dbname=postgres",
                "--kit", "kit.txt", "--quiet",
            ],
            variables: bucket.variables
        )
        #expect(made.code == 0, "\(made.text)")
        try playground.edit("heartbeat: 10s", "heartbeat: 200ms")
        try server.psql("create table t (n int)")
        let (moment, status) = try await playground.whileRunning(variables: bucket.variables) {
            () async throws(Fault) in
            try await story(playground, server, bucket)
        }
        let text = try playground.read("run.log")
        #expect(status == .exited(0), "\(text)")
        let pieces = try await bucket.contents().keys.filter { $0.labels[0] == "log" }
        #expect(!pieces.isEmpty)
        // Nothing is left but the bucket and the kit.
        try server.stop(.immediate)
        server.remove()
        try playground.remove("state/work")

        // The user `postgres` must be able to pass through to it.
        let restored = try PostgresServer.emptyDirectory()
        defer { restored.remove() }
        let out = FilePath(restored.root.path).appending("out")
        let done = try await playground.run(
            [
                "restore", "db/postgres", "--at", moment.rfc3339(), "--to", out.string, "--yes",
                "--identity", "kit.txt",
            ],
            variables: bucket.variables
        )
        #expect(done.code == 0, "\(done.text)")
        try FileManager.default.moveItem(atPath: out.string, toPath: restored.data.path)
        try restored.adoptData()
        try restored.start()
        #expect(try restored.psql("select string_agg(n::text, ',' order by n) from t") == "1,2")
        let check = try await playground.run(["check", "--deep"], variables: bucket.variables)
        #expect(check.code == 0, "\(check.text)")
    }

    /// A row before the backup, one after it, and one after the moment that it gives.
    private func story(
        _ playground: Playground,
        _ server: PostgresServer,
        _ bucket: Bucket
    ) async throws(Fault) -> Instant {
        try server.psql("insert into t values (1)")
        let backup = try await playground.run(["backup"], variables: bucket.variables)
        guard backup.code == 0 else { throw Fault(.failedTest, backup.text) }
        try server.psql("insert into t values (2)")
        // The moment is written in milliseconds.
        usleep(5_000)
        let moment = SystemClock().now()
        try server.psql("insert into t values (3)")
        let position = try server.psql("select pg_current_wal_insert_lsn()")
        // What comes after the moment reaches the bucket too, so that the restore must stop by itself.
        try await playground.waitForLog(upTo: position, variables: bucket.variables)
        return moment
    }
}
