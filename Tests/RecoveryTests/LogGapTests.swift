import Model
import Synchronization
import SystemIO
import SystemPackage
import TestKit
import Testing

/// A log with a gap behind the newest base backup, as `status` and `doctor` tell of it, and `run` mends it.
@Suite(.ownThreads) struct LogGapTests {
    @Test func `a time behind a gap is not promised, and run takes the base backup that mends it`()
        async throws
    {
        let server = try PostgresServer.make(settings: ["max_wal_size": "64MB"])
        defer { server.remove() }
        try server.start()
        let playground = try await Playground.protecting(server)
        try playground.edit("heartbeat: 10s", "heartbeat: 200ms")
        #expect(try await playground.run(["backup"]).code == 0)
        let words = "lifeboat backup db/postgres"
        #expect(try await !playground.run(["status"]).text.contains(words))
        try server.dropSlot("lifeboat_db")
        try server.psql("create table t (n text)")
        for _ in 0..<6 {
            try server.psql("insert into t select md5(g::text) from generate_series(1, 100000) g")
            try server.psql("select pg_switch_wal()")
            try server.psql("checkpoint")
        }
        let gap = SystemClock().now()
        // As long as a backup is under way, none can be taken.
        let lock = Mutex(
            try FileLock.acquire(
                playground.path.appending("state").appending("work")
                    .appending("h1.db.postgres.snapshots.lock"),
                wait: false
            )
        )
        #expect(lock.withLock { $0 != nil })
        try await playground.whileRunning { () async throws(Fault) in
            let status = try await Self.status(in: playground) { $0.contains(words) }
            #expect(status.code == 4 && status.text.contains(words), "\(status.text)")
            try await Self.expectNothingPromised(after: gap, in: playground)
            let doctor = try await Program.run(["doctor"], in: playground.path)
            #expect(doctor.output.contains("postgres, log") && doctor.output.contains(words))
            lock.withLock { $0 = nil }
            let mended = try await Self.status(in: playground) { !$0.contains(words) }
            #expect(!mended.text.contains(words), "\(mended.text)")
        }
        let told = try playground.read("run.log")
        #expect(told.contains("no snapshot leads into the log yet"), "\(told)")
    }

    private static func expectNothingPromised(
        after gap: Instant,
        in playground: Playground
    ) async throws(Fault) {
        let json = try await Program.run(["status", "--json"], in: playground.path).output
        #expect(json.contains("\"log_whole\":false"), "\(json)")
        let promised = Playground.recoverableTo(json)
        #expect(promised.map { $0 < gap } == true, "\(json)")
    }

    /// What `status` says once it says what is waited for.
    private static func status(
        in playground: Playground,
        until isSo: (String) -> Bool
    ) async throws(Fault) -> Program.Ending {
        let limit = ContinuousClock.now + .seconds(300)
        var status = try await Program.run(["status"], in: playground.path)
        while !isSo(status.text), ContinuousClock.now < limit {
            status = try await Program.run(["status"], in: playground.path)
        }
        return status
    }
}
