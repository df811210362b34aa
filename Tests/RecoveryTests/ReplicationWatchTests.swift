import Foundation
import Glibc
import Model
import TestKit
import Testing

/// A standby that falls behind, and slots that lose their log, as `status` and `doctor` tell of them.
@Suite(.serialized, .ownThreads) struct ReplicationWatchTests {
    private func protected(_ server: PostgresServer) async throws -> Playground {
        let playground = try await Playground.protecting(server)
        let backup = try await playground.run(["backup"])
        #expect(backup.code == 0, "\(backup.text)")
        return playground
    }

    /// Fills segments until something is so.
    private func write(_ server: PostgresServer, until sql: String) throws {
        for _ in 0..<10 where try server.psql(sql) != "t" {
            try server.psql("insert into calls values (1)")
            try server.psql("select pg_switch_wal()")
            try server.psql("checkpoint")
        }
        #expect(try server.psql(sql) == "t", "\(sql)")
    }

    @Test(.timeLimit(.minutes(30)))
    func `a standby that is far behind is told, and so are slots that have lost their log`()
        async throws
    {
        let server = try PostgresServer.make(initdb: ["--wal-segsize=64"])
        defer { server.remove() }
        try server.start()
        try server.psql("create table calls (n int)")
        let playground = try await protected(server)
        let standby = try PostgresServer.emptyDirectory()
        defer { standby.remove() }
        try server.run(
            "pg_basebackup",
            server.connectionArguments + ["-D", standby.data.path, "-R", "-c", "fast"]
        )
        try standby.adoptData()
        try standby.start()
        let follower = "from pg_stat_replication where application_name = 'walreceiver'"
        try server.wait(until: "select count(*) = 1 \(follower) and state = 'streaming'")
        let calm = try await playground.run(["doctor"])
        #expect(calm.output.contains("ok: postgres, replication: standby 'walreceiver' follows"))
        #expect(!calm.output.contains("look into the standby's log"), "\(calm.text)")

        try standby.psql("select pg_wal_replay_pause()")
        try write(
            server,
            until: """
                select pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) > 300 * 1024 * 1024
                \(follower)
                """
        )
        for verb in ["status", "doctor"] {
            let late = try await playground.answered([verb])
            let line = late.output.split(separator: "\n").first { $0.contains("'walreceiver'") }
            #expect(line?.contains(" MiB") == true, "\(late.text)")
            #expect(line?.contains("behind") == true, "\(late.text)")
            #expect(late.output.contains("look into the standby's log"), "\(late.text)")
        }

        try server.psql("select pg_create_physical_replication_slot('other', true)")
        try server.psql("alter system set max_slot_wal_keep_size = '1MB'")
        try server.psql("select pg_reload_conf()")
        try write(
            server,
            until: "select bool_and(wal_status = 'lost') from pg_replication_slots"
        )
        let lost = try await playground.run(["doctor"])
        let words = [
            "problem: postgres: slot 'lifeboat_db' has lost its log: there will be a gap",
            "lifeboat backup, which makes the slot anew",
            "slot 'other' has lost its log", "SELECT pg_drop_replication_slot('other')",
        ]
        for text in words { #expect(lost.output.contains(text), "\(text): \(lost.text)") }
        #expect(lost.code == 14)
        #expect(try await playground.run(["backup"]).code == 0)
        try server.psql("select pg_drop_replication_slot('other')")
        let mended = try await playground.run(["doctor"])
        #expect(!mended.output.contains("has lost its log"), "\(mended.text)")
    }
}
