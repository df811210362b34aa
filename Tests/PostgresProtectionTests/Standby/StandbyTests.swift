import Foundation
import Model
import PostgresProtection
import Protection
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// Hot standbys that are built from the vault.
@Suite(.serialized, .ownThreads) struct StandbyTests {
    /// Builds a standby of a server at a place; starts nothing.
    private func build(
        _ cluster: ProtectedCluster,
        at place: PostgresServer,
        of primary: PostgresServer,
        slot: String = "second",
        password: String? = nil,
        isDelta: Bool = false
    ) async throws -> (plan: RestorePlan, outcome: RestoreOutcome) {
        let address = try PrimaryAddress(
            ServerPair.conninfo(primary),
            slot: slot,
            user: "postgres",
            password: password
        )
        let standby = PostgresStandby(of: cluster.component(), following: address)
        var request = cluster.request(.latest, to: FilePath(place.data.path))
        request.isDelta = isDelta
        let plan = try await standby.planRestore(request)
        return (plan, try await standby.restore(plan, request, progress: .silent))
    }

    private func slots(_ server: PostgresServer) throws -> String {
        try server.psql(
            "select string_agg(slot_name || ' ' || active, ', ' order by 1) from pg_replication_slots"
        )
    }

    private func prepared() async throws -> (ProtectedCluster, PostgresServer) {
        let server = try PostgresServer.make(settings: ["max_wal_size": "64MB"])
        try server.start()
        let cluster = try await ProtectedCluster(server: server)
        try server.psql("create table ledger (id serial primary key, note text)")
        return (cluster, server)
    }

    @Test func `a standby from the vault follows its primary over restarts, and can be promoted`()
        async throws
    {
        let (cluster, server) = try await prepared()
        defer { server.remove() }
        let place = try PostgresServer.emptyDirectory()
        defer { place.remove() }
        try await cluster.receiving {
            try await cluster.backUp()
            try server.psql("insert into ledger (note) values ('one')")
            try await cluster.waitForHeartbeat(after: try cluster.now())
        }
        let (plan, outcome) = try await build(
            cluster,
            at: place,
            of: server,
            password: "a:b\\c'd"
        )
        #expect(plan.steps.contains { $0.contains("slot 'second'") }, "\(plan.steps)")
        #expect(outcome.problems.isEmpty)
        #expect(try slots(server).contains("second false"))
        let settings = place.data.appending(path: "postgresql.auto.conf")
        #expect(try !String(contentsOf: settings, encoding: .utf8).contains("a:b"))
        let passfile = FilePath(place.data.path).appending("standby.pgpass")
        let words = String(
            decoding: try DurableFile.read(passfile, limit: ByteCount(4096)),
            as: UTF8.self
        )
        #expect(words == "*:*:*:*:a\\:b\\\\c'd\n")
        #expect(try FileSystem.status(passfile)?.mode == 0o600)
        try place.adoptData()
        try place.start()
        for number in 0..<3 {
            try server.psql(
                "insert into ledger (note) select md5(g::text) from generate_series(1, 60000) g"
            )
            try server.psql("select pg_switch_wal()")
            try server.psql("checkpoint")
            try await ServerPair.wait(for: place, server)
            #expect(try slots(server).contains("second true"))
            try place.psql("checkpoint")
            // The log that was laid out must not come back over what was streamed since.
            try place.stop(number == 1 ? .immediate : .fast)
            try server.psql("insert into ledger (note) values ('meanwhile')")
            try place.start()
            try await ServerPair.wait(for: place, server)
        }
        #expect(try place.psql("select pg_is_in_recovery()") == "t")
        let expected = try ClusterOracle(server: server).contents()
        #expect(try ClusterOracle(server: place).contents() == expected)
        try server.stop()
        try place.psql("select pg_promote(wait_seconds => 300)")
        try place.psql("insert into ledger (note) values ('promoted')")
        try ClusterOracle(server: place).prove(hasAmcheck: true, hasChecksums: true)
    }

    @Test func `without its primary a standby is built too, and follows it when it comes`()
        async throws
    {
        let (cluster, server) = try await prepared()
        defer { server.remove() }
        let place = try PostgresServer.emptyDirectory()
        defer { place.remove() }
        try await cluster.backUp()
        try server.stop()
        let (plan, outcome) = try await build(cluster, at: place, of: server)
        #expect(plan.steps.contains { $0.contains("does not answer") }, "\(plan.steps)")
        #expect(outcome.lines.contains { $0.contains("pg_create_physical_replication_slot") })
        try place.adoptData()
        try place.start()
        #expect(try place.psql("select count(*) from ledger") == "0")
        try server.start()
        try server.psql("insert into ledger (note) values ('back')")
        try await ServerPair.wait(for: place, server)
        #expect(try place.psql("select note from ledger") == "back")
    }

    @Test func `a failed primary is taken over as the standby of the one that was promoted`()
        async throws
    {
        let pair = try await ServerPair.make()
        defer { pair.remove() }
        let (first, second) = (pair.first, pair.second)
        let cluster = try await ProtectedCluster(server: first)
        try first.psql("create table ledger (id serial primary key, note text)")
        try await cluster.receiving(parameters: pair.parameters) {
            try await cluster.backUp(parameters: pair.parameters)
            try first.psql("insert into ledger (note) values ('one')")
            try await ServerPair.wait(for: second, first)
            try second.psql("select pg_promote(wait_seconds => 300)")
            // What only the old primary has must go.
            try first.psql("insert into ledger (note) values ('lost')")
            try first.stop(.immediate)
            try second.psql("insert into ledger (note) values ('two')")
            try await cluster.waitForHeartbeat(after: try cluster.now(second))
            let (plan, _) = try await self.build(
                cluster,
                at: first,
                of: second,
                slot: "first",
                isDelta: true
            )
            #expect(plan.steps.first?.contains("files stay") == true, "\(plan.steps)")
            try first.adoptData()
            try first.start()
            try await ServerPair.wait(for: first, second)
            try second.stop()
            try first.psql("select pg_promote(wait_seconds => 300)")
            try first.psql("insert into ledger (note) values ('three')")
            try await cluster.waitForHeartbeat(after: try cluster.now(first))
        }
        #expect(
            try first.psql("select string_agg(note, ' ' order by note) from ledger")
                == "one three two"
        )
        let expected = try ClusterOracle(server: first).contents()
        let (restored, _) = try await cluster.restore(.latest)
        defer { restored.remove() }
        #expect(try ClusterOracle(server: restored).contents() == expected)
    }

    @Test func `a standby that could not follow is refused, and no slot stays behind`()
        async throws
    {
        let (cluster, server) = try await prepared()
        defer { server.remove() }
        let place = try PostgresServer.emptyDirectory()
        defer { place.remove() }
        try await cluster.backUp()
        let other = try PostgresServer.make()
        defer { other.remove() }
        try other.start()
        let foreign = await #expect(throws: Fault.self) {
            _ = try await build(cluster, at: place, of: other)
        }
        #expect(foreign?.code == .foreignCluster)
        #expect(foreign?.hints.first?.contains("--primary") == true)
        #expect(try slots(other).isEmpty)
        #expect(throws: Fault.self) {
            _ = try PrimaryAddress("host=h password=secret", slot: "s")
        }
        // The vault's log ends, and the primary goes on without keeping what follows.
        try server.dropSlot("lifeboat_shop")
        for _ in 0..<6 {
            try server.psql(
                "insert into ledger (note) select md5(g::text) from generate_series(1, 100000) g"
            )
            try server.psql("select pg_switch_wal()")
            try server.psql("checkpoint")
        }
        let gap = await #expect(throws: Fault.self) {
            _ = try await build(cluster, at: place, of: server)
        }
        #expect(gap?.code == .logGap, "\(gap?.message ?? "")")
        #expect(try slots(server).isEmpty)
        #expect(try FileSystem.status(FilePath(place.data.path)) == nil)
    }
}
