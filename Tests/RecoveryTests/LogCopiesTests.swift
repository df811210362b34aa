import Foundation
import Glibc
import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// `lifeboat run` with two copies, one of which goes away and comes back.
@Suite(.ownThreads) struct LogCopiesTests {
    /// A server with a table, protected in two copies.
    private struct Stand {
        let playground: Playground
        let server: PostgresServer

        init() async throws {
            playground = try Playground()
            server = try PostgresServer.make()
            try server.start()
            let made = try await playground.run([
                "init", "db", "--copy", "vault", "--copy", "second", "--state", "state", "--host",
                "h1", "--postgres",
                "host=\(server.root.path) port=\(server.port) user=postgres dbname=postgres",
                "--kit", "kit.txt",
            ])
            guard made.code == 0 else { throw Fault(.failedTest, made.text) }
            _ = try server.psql("CREATE TABLE t (n int)")
        }

        /// Adds a row; tells the position after it.
        func insert(_ number: Int) throws(Fault) -> UInt64 {
            _ = try server.psql("INSERT INTO t VALUES (\(number))")
            let text = try server.psql("SELECT pg_current_wal_flush_lsn() - '0/0'::pg_lsn")
            return UInt64(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
        }

        /// How far the server believes the log to be safe.
        func safe() throws(Fault) -> UInt64 {
            let text = try server.psql(
                "SELECT coalesce(restart_lsn - '0/0'::pg_lsn, 0) FROM pg_replication_slots"
            )
            return UInt64(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
        }

        /// How far a copy's log reaches, by the names of its pieces.
        func reach(_ copy: String) throws(Fault) -> UInt64 {
            let root = playground.path.appending("\(copy)/log/h1.db.postgres")
            guard try FileSystem.status(root) != nil else { return 0 }
            var reach: UInt64 = 0
            for epoch in try Directory.open(root).names() {
                for name in try Directory.open(root.appending(epoch)).names() {
                    let parts = name.description.split(separator: "-")
                    if parts.count == 3 { reach = max(reach, UInt64(parts[1], radix: 16) ?? 0) }
                }
            }
            return reach
        }

        func rename(_ old: String, _ new: String) throws(Fault) {
            guard let old = FileName(old), let new = FileName(new) else { return }
            try Directory.open(playground.path).rename(old, to: new)
        }

        /// Does something while `run` runs, which must end cleanly.
        func whileRunning(_ body: () async throws(Fault) -> Void) async throws {
            let (_, status) = try await playground.whileRunning { () async throws(Fault) in
                try playground.waitUntilRun(says: "receiving the log")
                try await body()
            }
            let text = try playground.read("run.log")
            #expect(status == .exited(0), "\(text)")
        }

        /// Brings the cluster back from the second copy alone, the first being gone.
        func restoreFromSecond() async throws -> Program.Ending {
            try rename("vault", "gone")
            let text = try playground.read("lifeboat.yaml")
            let first = playground.vault.string
            let second = playground.path.appending("second").string
            try playground.write(
                "alone.yaml",
                text.replacing("file://\(first)", with: "file://\(first).never")
                    .replacing("file://\(second)", with: "file://\(first)")
                    .replacing("file://\(first).never", with: "file://\(second)")
            )
            // Where the server's own user may go: recovery runs as that.
            return try await playground.run([
                "--config", "alone.yaml", "restore", "db/postgres", "--to",
                "\(server.root.path)/out", "--yes",
            ])
        }
    }

    @Test func `the log reaches both copies, and goes on while one is away`() async throws {
        let stand = try await Stand()
        defer { stand.server.remove() }
        try await stand.whileRunning { () async throws(Fault) in
            let backup = try await Program.run(["backup"], in: stand.playground.path)
            #expect(backup.code == 0, "\(backup.text)")
            let one = try stand.insert(1)
            for copy in ["vault", "second"] {
                try stand.playground.wait(for: "the log in \(copy)") { () throws(Fault) in
                    try stand.reach(copy) >= one
                }
            }
            try stand.rename("second", "away")
            let two = try stand.insert(2)
            try stand.playground.wait(for: "the log in the copy that is there") {
                () throws(Fault) in
                guard try stand.reach("vault") >= two else { return false }
                return try stand.safe() >= two
            }
            let incomplete = try await Program.run(["backup"], in: stand.playground.path)
            #expect(incomplete.code == 3, "\(incomplete.text)")
            try stand.rename("away", "second")
            let three = try stand.insert(3)
            try stand.playground.wait(for: "the log in the copy that is back") { () throws(Fault) in
                try stand.reach("second") >= three
            }
        }
        #expect(
            try stand.playground.read("run.log").contains("copy 'local-2' does not take the log")
        )
        #expect(try stand.playground.read("run.log").contains("copy 'local-2' takes the log again"))
        let backup = try await stand.playground.run(["backup"])
        #expect(backup.code == 0, "\(backup.text)")
        try stand.server.stop(.fast)
        let restored = try await stand.restoreFromSecond()
        #expect(restored.code == 0, "\(restored.text)")
    }

    @Test func `a copy that was away from the start gets the log from the other one`() async throws
    {
        let stand = try await Stand()
        defer { stand.server.remove() }
        try stand.rename("vault", "away")
        try await stand.whileRunning { () async throws(Fault) in
            let one = try stand.insert(1)
            try stand.playground.wait(for: "the log in the second copy") { () throws(Fault) in
                try stand.reach("second") >= one
            }
            try stand.rename("away", "vault")
            try stand.playground.waitUntilRun(says: "copy 'local' has caught up with the log")
            #expect(try stand.reach("vault") >= one)
            let two = try stand.insert(2)
            for copy in ["vault", "second"] {
                try stand.playground.wait(for: "the log in \(copy)") { () throws(Fault) in
                    try stand.reach(copy) >= two
                }
            }
        }
    }

    @Test func `with every_copy the server keeps the log until every copy has it`() async throws {
        let stand = try await Stand()
        defer { stand.server.remove() }
        try stand.playground.edit("durable_in: any_copy", "durable_in: every_copy")
        try stand.rename("second", "away")
        try await stand.whileRunning { () async throws(Fault) in
            let one = try stand.insert(1)
            try stand.playground.wait(for: "the log in the first copy") { () throws(Fault) in
                try stand.reach("vault") >= one
            }
            // Long enough for several reports to the server.
            usleep(7_000_000)
            #expect(try stand.safe() < one)
            try stand.rename("away", "second")
            try stand.playground.wait(for: "the server to forget") { () throws(Fault) in
                try stand.safe() >= one
            }
            #expect(try stand.reach("second") >= one)
        }
    }
}
