import Foundation
import Glibc
import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// A server whose commits wait for the vault: RPO 0.
@Suite(.ownThreads) struct SynchronousLogTests {
    /// A server with a table, protected by `run`.
    private struct Stand {
        let playground: Playground
        let server: PostgresServer

        init() async throws {
            server = try PostgresServer.make()
            try server.start()
            playground = try await Playground.protecting(server)
            try playground.edit("heartbeat: 10s", "heartbeat: 200ms")
            _ = try server.psql("CREATE TABLE t (n bigserial PRIMARY KEY)")
            let backup = try await playground.run(["backup"])
            guard backup.code == 0 else { throw Fault(.failedTest, backup.text) }
            _ = try server.psql("ALTER SYSTEM SET synchronous_standby_names = 'lifeboat_db'")
            _ = try server.psql("SELECT pg_reload_conf()")
            try server.waitForIdleSlots()
        }

        /// How far the log reaches that the vault holds, by the names of its pieces.
        func reach() throws(Fault) -> UInt64 {
            let root = playground.path.appending("vault/log/h1.db.postgres/00000001")
            return try Directory.open(root).names().reduce(0) { reach, name in
                let parts = name.description.split(separator: "-")
                return parts.count == 3 ? max(reach, UInt64(parts[1], radix: 16) ?? 0) : reach
            }
        }

        /// Adds a row and comes back when the server has acknowledged it; tells where its record ends at least.
        func insert() throws(Fault) -> UInt64 {
            let text = try server.psql(
                """
                INSERT INTO t DEFAULT VALUES
                RETURNING pg_current_wal_insert_lsn() - '0/0'::pg_lsn
                """
            )
            return UInt64(text) ?? .max
        }

        /// The milliseconds of the quickest of many commits in a row, by the server's clock.
        ///
        /// The first begins at no certain moment, and does not count.
        func quickestCommit() throws(Fault) -> Double {
            try server.psql("CREATE TABLE paces (number int, took interval)")
            try server.psql(
                """
                DO $$
                DECLARE begun timestamptz; passed interval;
                BEGIN
                    FOR number IN 1..200 LOOP
                        begun := clock_timestamp();
                        INSERT INTO t DEFAULT VALUES;
                        COMMIT;
                        passed := clock_timestamp() - begun;
                        INSERT INTO paces VALUES (number, passed);
                        EXIT WHEN number > 20 AND passed < interval '0.5 s';
                    END LOOP;
                END $$
                """
            )
            let text = try server.psql(
                "SELECT extract(epoch FROM min(took)) * 1000 FROM paces WHERE number > 1"
            )
            return Double(text) ?? .infinity
        }

        /// Runs the receiver and kills it: after so many milliseconds, or when a commit has been acknowledged.
        func killed(after moment: Int?) async throws -> SystemIO.ExitStatus {
            if moment == nil { try server.waitForIdleSlots() }
            let log = playground.path.appending("run.log")
            let run = try playground.command(["run"])
            return try await run.spawn(log: log) { child async throws(Fault) in
                if let moment {
                    usleep(UInt32(moment) * 1_000)
                } else {
                    // Nobody sees a row before its commit is acknowledged.
                    let before = try server.psql("SELECT count(*) FROM t")
                    try server.wait(until: "SELECT count(*) > \(before) FROM t")
                }
                kill(child.pid, SIGKILL)
                _ = try child.wait(upTo: .seconds(300))
            }.status
        }
    }

    @Test func `a commit returns when the vault holds it, and doctor says that it hangs alone`()
        async throws
    {
        let stand = try await Stand()
        defer { stand.server.remove() }
        let away = try await stand.playground.run(["doctor"])
        #expect(away.output.contains("it does not receive"), "\(away.text)")
        let (_, status) = try await stand.playground.whileRunning { () async throws(Fault) in
            try stand.playground.waitUntilRun(says: "commits of the server wait for 'lifeboat_db'")
            for _ in 0..<20 {
                let end = try stand.insert()
                #expect(try stand.reach() >= end)
            }
            let quickest = try stand.quickestCommit()
            // One second for each would be the pace of a server that nobody waits for.
            #expect(quickest < 500, "\(quickest) ms")
            let doctor = try await stand.playground.run(["doctor"])
            #expect(
                doctor.output.contains("commits wait for 'lifeboat_db' alone"),
                "\(doctor.text)"
            )
        }
        let told = try stand.playground.read("run.log")
        #expect(status == .exited(0), "\(told)")
    }

    @Test func `no acknowledged commit is lost, whenever run is killed`() async throws {
        let seed = UInt64.random(in: 0..<1_000_000)
        var random = SeededGenerator(seed: seed)
        let stand = try await Stand()
        defer { stand.server.remove() }
        let script = stand.server.root.appending(path: "insert.sql").path
        let line = "INSERT INTO t DEFAULT VALUES RETURNING n;\n"
        try DurableFile.replace(
            FilePath(script),
            with: Array(String(repeating: line, count: 100_000).utf8),
            mode: 0o644
        )
        let output = stand.server.root.appending(path: "acknowledged").path
        let client = try stand.server.launch(
            "psql",
            stand.server.connectionArguments + [
                "-X", "-A", "-t", "-q", "-d", "postgres", "-f", script, "-o", output,
            ]
        )
        var moments: [Int?] = (0..<5).map { _ in Int.random(in: 100...1_500, using: &random) }
        // The last one is killed when commits have been acknowledged.
        moments.append(nil)
        for moment in moments {
            let status = try await stand.killed(after: moment)
            // A receiver that finds its predecessor's slot taken ends at once; the next one gets it.
            #expect(status == .signalled(SIGKILL) || status == .exited(1), "seed \(seed)")
        }
        try stand.server.kill9()
        _ = client.wait()
        let acknowledged = try String(contentsOfFile: output, encoding: .utf8)
            .split(separator: "\n").compactMap { Int($0) }
        #expect(!acknowledged.isEmpty, "seed \(seed)")
        let out = "\(stand.server.root.path)/out"
        let restored = try await stand.playground.run([
            "restore", "db/postgres", "--to", out, "--yes",
        ])
        #expect(restored.code == 0, "seed \(seed): \(restored.text)")
        let copy = try PostgresServer.emptyDirectory()
        defer { copy.remove() }
        _ = try await Command("/bin/cp", arguments: ["-a", out, copy.data.path])
            .runSuccessfully(outputLimit: 1 << 10)
        try copy.adoptData(settings: ["synchronous_standby_names": "''"])
        try copy.start()
        let present = Set(
            try copy.psql("SELECT n FROM t").split(separator: "\n").compactMap { Int($0) }
        )
        #expect(acknowledged.allSatisfy { present.contains($0) }, "seed \(seed)")
    }
}
