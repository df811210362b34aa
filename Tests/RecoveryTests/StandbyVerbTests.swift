import Foundation
import Glibc
import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// Standbys and deltas through the real executable, and what `status` and `doctor` say of replication.
@Suite(.serialized, .punctualThreads) struct StandbyVerbTests {
    private func protected(
        _ server: PostgresServer
    ) async throws -> Playground {
        let playground = try await Playground.protecting(server)
        let backup = try await playground.run(["backup"])
        #expect(backup.code == 0, "\(backup.text)")
        return playground
    }

    @Test func `a standby is created, and status and doctor watch it, its slot and the archiver`()
        async throws
    {
        let server = try PostgresServer.make(
            settings: ["archive_mode": "on", "archive_command": "'false'"]
        )
        defer { server.remove() }
        try server.start()
        try server.psql("create table calls as select generate_series(1, 500) g")
        let playground = try await protected(server)
        let place = try PostgresServer.emptyDirectory()
        defer { place.remove() }
        let primary = "host=\(server.root.path) port=\(server.port)"
        let create = ["standby", "create", "db/postgres", "--to", place.data.path, "--yes"]
        let secret = try await playground.run(create + ["--primary", primary + " password=geheim"])
        #expect(secret.code == 2 && !secret.text.contains("geheim"), "\(secret.text)")
        let unconfirmed = try await playground.run(
            Array(create.dropLast()) + ["--primary", primary]
        )
        #expect(unconfirmed.code == 15 && unconfirmed.output.contains("lifeboat_standby"))
        #expect(try server.psql("select count(*) from pg_replication_slots") == "1")
        let done = try await playground.run(create + ["--primary", primary])
        #expect(done.code == 0, "\(done.text)")
        for verb in ["status", "doctor"] {
            let idle = try await playground.answered([verb])
            let words = "slot 'lifeboat_standby' keeps"
            #expect(idle.output.contains(words), "\(idle.text)")
        }
        try place.adoptData(settings: ["archive_mode": "off"])
        try place.start()
        try server.wait(
            until: "select count(*) = 1 from pg_stat_replication where state = 'streaming'"
        )
        try server.wait(until: "select failed_count > 0 from pg_stat_archiver")
        #expect(try place.psql("select count(*) from calls") == "500")
        for verb in ["status", "doctor"] {
            let follows = try await playground.answered([verb])
            #expect(!follows.output.contains("slot 'lifeboat_standby'"), "\(follows.text)")
            #expect(follows.output.contains("the archiver fails with 0000"), "\(follows.text)")
        }
        let json = try await playground.answered(["status", "--json"]).output
        #expect(json.contains("\"name\":\"lifeboat_standby\",\"streaming\":true"), "\(json)")
        // With its server gone the status is told all the same.
        try place.stop()
        try server.stop(.immediate)
        let gone = try await playground.run(["status"])
        #expect(gone.output.contains("its server was not asked"), "\(gone.text)")
        #expect(gone.output.contains("postgres"))
    }

    @Test func `the slot that a killed create leaves is named, and the same command takes it over`()
        async throws
    {
        let server = try PostgresServer.make()
        defer { server.remove() }
        try server.start()
        let playground = try await protected(server)
        let place = try PostgresServer.emptyDirectory()
        defer { place.remove() }
        let create = [
            "standby", "create", "db/postgres", "--to", place.data.path, "--yes", "--primary",
            "host=\(server.root.path) port=\(server.port)",
        ]
        // Between the slot and all that follows there is a connection, which takes its time.
        try server.psql("alter system set post_auth_delay = '2s'")
        try server.psql("select pg_reload_conf()")
        let slot = server.data.appending(path: "pg_replslot/lifeboat_standby/state").path
        _ = try await playground.kill(create) { FileManager.default.fileExists(atPath: slot) }
        try server.psql("alter system reset post_auth_delay")
        try server.psql("select pg_reload_conf()")
        let sessions =
            "select count(*) = 0 from pg_stat_activity where application_name like 'lifeboat%'"
        try server.wait(until: sessions)
        for verb in ["status", "doctor"] {
            let named = try await playground.answered([verb])
            let words = "slot 'lifeboat_standby' keeps"
            #expect(named.output.contains(words), "\(named.text)")
        }
        let done = try await playground.run(create)
        #expect(done.code == 0, "\(done.text)")
        try place.adoptData(settings: ["archive_mode": "off"])
        try place.start()
        try server.wait(
            until: "select active from pg_replication_slots where slot_name = 'lifeboat_standby'"
        )
    }

    @Test func `a delta names what stays, and is refused where it could do harm`() async throws {
        let server = try PostgresServer.make()
        defer { server.remove() }
        try server.start()
        try server.psql("create table calls as select generate_series(1, 500) g")
        let playground = try await protected(server)
        let place = try PostgresServer.emptyDirectory()
        defer { place.remove() }
        let restore = ["restore", "db/postgres", "--yes", "--to", place.data.path]
        let first = try await playground.run(restore)
        #expect(first.code == 0, "\(first.text)")
        let again = try await playground.run(restore)
        #expect(again.code == 15 && again.errors.contains("E-RESTORE-NOT-EMPTY"))
        let nowhere = try await playground.run(["restore", "db/postgres", "--delta", "--yes"])
        #expect(nowhere.code == 2, "\(nowhere.text)")
        let running = try await playground.run(
            ["restore", "db/postgres", "--delta", "--yes", "--to", server.data.path]
        )
        #expect(running.code == 15 && running.errors.contains("E-PG-RUNNING"), "\(running.text)")
        #expect(try server.psql("select count(*) from calls") == "500")
        let plan = try await playground.run(
            ["restore", "db/postgres", "--delta", "--to", place.data.path]
        )
        #expect(plan.code == 15 && plan.output.contains("files stay"), "\(plan.text)")
        let delta = try await playground.run(restore + ["--delta"])
        #expect(delta.code == 0, "\(delta.text)")
        #expect(delta.output.contains("were there already"), "\(delta.text)")
        try place.adoptData()
        try place.start()
        #expect(try place.psql("select count(*) from calls") == "500")
    }
}
