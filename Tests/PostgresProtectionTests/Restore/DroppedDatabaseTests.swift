import Foundation
import Glibc
import Model
import PostgresProtection
import Protection
import SystemPackage
import TestKit
import Testing
import Vault

/// What a server removes before its transaction ends is there at the moment before, on real servers.
@Suite(.serialized, .ownThreads) struct DroppedDatabaseTests {
    private let rows = "insert into t select g, md5(g::text) from generate_series(1, 5000) g"
    private let sum = "select count(*), sum(hashtext(v)) from t"
    private let early = "replay ends before "

    /// A point right before a transaction: a moment, and the transaction's number.
    private struct Loss: Sendable {
        let moment: Instant
        let transaction: RecoveryTarget
    }

    private func start(_ edition: PostgresEdition) throws -> PostgresServer {
        let server = try PostgresServer.make(
            settings: ["autovacuum": "off", "max_prepared_transactions": "5"],
            binaries: edition.binaries
        )
        try server.start()
        return server
    }

    private func makeSpace(_ server: PostgresServer) throws {
        let folder = server.root.appending(path: "space")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try server.own(folder)
        try server.psql("create tablespace space location '\(folder.path)'")
    }

    private func fill(_ database: String, _ server: PostgresServer, _ more: String = "") throws {
        try server.psql("create database \(database) \(more)")
        try server.psql("create table t (id int primary key, v text)", database: database)
        try server.psql(rows, database: database)
    }

    /// Loses something in the next transaction that ends: no heartbeat is written meanwhile.
    private func lose(_ sql: String, _ cluster: ProtectedCluster) async throws -> Loss {
        let server = cluster.server
        let moment = try cluster.now()
        let number = try server.psql("select pg_snapshot_xmax(pg_current_snapshot())")
        try server.psql(sql)
        let after = try cluster.now()
        try await cluster.receiving { try await cluster.waitForHeartbeat(after: after) }
        return Loss(moment: moment, transaction: .transaction(try #require(UInt32(number))))
    }

    private func databases(_ server: PostgresServer) throws -> String {
        try server.psql(
            """
            select coalesce(string_agg(datname || datconnlimit, ' ' order by datname), '')
            from pg_database where datname in ('keep', 'far')
            """
        )
    }

    /// Drops a database, and does something between the mark that closes it and the end of its files: the drop waits until
    /// each session has heard of it, and one of them is asleep.
    private func dropping<Value>(
        _ database: String,
        _ server: PostgresServer,
        _ body: () throws -> Value
    ) async throws -> Value {
        let arguments = server.connectionArguments
        let sleeper = try server.launch("psql", arguments + ["-c", "select pg_sleep(3600)"])
        defer { sleeper.terminate() }
        let query = "from pg_stat_activity where query = 'select pg_sleep(3600)'"
        let session = try await answer(server, "select pid \(query)")
        let process = try #require(pid_t(session))
        kill(process, SIGSTOP)
        let drop = try server.launch("psql", arguments + ["-c", "drop database \(database)"])
        defer { drop.terminate() }
        do {
            defer { kill(process, SIGCONT) }
            let waits = "lower(wait_event) = 'procsignalbarrier'"
            _ = try await answer(server, "select pid from pg_stat_activity where \(waits)")
            let value = try body()
            kill(process, SIGCONT)
            #expect(drop.wait() == 0)
            try server.psql("select pg_terminate_backend(\(process))")
            return value
        }
    }

    /// Asks until there is an answer.
    private func answer(_ server: PostgresServer, _ sql: String) async throws -> String {
        let limit = ContinuousClock.now + .seconds(300)
        while ContinuousClock.now < limit {
            let text = try server.psql(sql)
            if !text.isEmpty { return text }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw Fault(.testServer, "unable to get an answer to '\(sql)' within five minutes")
    }

    /// Restores, starts a server on it and looks at it.
    private func look(
        _ cluster: ProtectedCluster,
        at target: RecoveryTarget,
        isExclusive: Bool = false,
        recovers: Bool = true,
        isEarly: Bool = true,
        _ body: (PostgresServer) throws -> Void
    ) async throws {
        let restored = try await cluster.layOut(
            target,
            recovers: recovers,
            isExclusive: isExclusive
        )
        defer { restored.server.remove() }
        let lines = restored.outcome.lines
        #expect(lines.contains { $0.hasPrefix(early) } == isEarly, "\(target): \(lines)")
        try restored.server.adoptData(settings: ["max_prepared_transactions": "5"])
        try restored.server.start()
        // A server that recovers by itself answers before it has ended.
        _ = try await answer(restored.server, "select 1 where not pg_is_in_recovery()")
        try body(restored.server)
    }

    @Test(arguments: [PostgresEdition.v15, .v18])
    func `a database and a tablespace are there until the moment of their drop`(
        edition: PostgresEdition
    ) async throws {
        let server = try start(edition)
        defer { server.remove() }
        let cluster = try await ProtectedCluster(server: server)
        try makeSpace(server)
        try fill("keep", server)
        try await cluster.receiving {
            try await cluster.backUp()
            try self.fill("far", server, "tablespace space")
            try await cluster.waitForHeartbeat(after: cluster.now())
        }
        let expected = try server.psql(sum, database: "keep")
        let first = try await lose("drop database keep with (force)", cluster)
        let second = try await lose("drop database far", cluster)
        let third = try await lose("drop tablespace space", cluster)
        let ways: [(RecoveryTarget, Bool, Bool)] = [
            (.time(first.moment), false, true), (.time(first.moment), true, true),
            (.time(first.moment), false, false), (first.transaction, true, true),
        ]
        for (target, isExclusive, recovers) in ways {
            try await look(cluster, at: target, isExclusive: isExclusive, recovers: recovers) {
                copy throws in
                #expect(try databases(copy) == "far-1 keep-1", "\(target)")
                for name in ["keep", "far"] {
                    #expect(try copy.psql(sum, database: name) == expected, "\(target)")
                    try copy.psql("insert into t values (0, 'new')", database: name)
                }
            }
        }
        try await look(cluster, at: .time(second.moment)) { copy throws in
            #expect(try databases(copy) == "far-1")
            #expect(try copy.psql(sum, database: "far") == expected)
        }
        try await look(cluster, at: .time(third.moment)) { copy throws in
            #expect(try databases(copy).isEmpty)
            try copy.psql("create table later (id int) tablespace space")
        }
        // Behind a transaction it is gone, as it was.
        try await look(cluster, at: first.transaction, isEarly: false) { copy throws in
            #expect(try databases(copy) == "far-1")
        }
        try await look(cluster, at: .latest, isEarly: false) { copy throws in
            #expect(try databases(copy).isEmpty)
        }
    }

    @Test func `an origin of replication keeps how far it was followed`() async throws {
        let server = try start(.v16)
        defer { server.remove() }
        let cluster = try await ProtectedCluster(server: server)
        let progress = "select pg_replication_origin_progress('other', true)"
        try await cluster.receiving {
            try server.psql("select pg_replication_origin_create('other')")
            try await cluster.backUp()
            try server.psql("select pg_replication_origin_advance('other', '0/ABC')")
            try await cluster.waitForHeartbeat(after: cluster.now())
        }
        let loss = try await lose("select pg_replication_origin_drop('other')", cluster)
        try await look(cluster, at: .time(loss.moment)) { copy throws in
            #expect(try copy.psql(progress) == "0/ABC")
        }
    }

    @Test func `what was prepared or ended behind a removal belongs to the moment`() async throws {
        let server = try start(.v15)
        defer { server.remove() }
        let cluster = try await ProtectedCluster(server: server)
        try fill("keep", server)
        try server.psql("create table ledger (note text)")
        let before = try await cluster.receiving {
            try await cluster.backUp()
            try server.psql("insert into ledger values ('one')")
            let before = try cluster.now()
            try await cluster.waitForHeartbeat(after: before)
            return before
        }
        let held = try await dropping("keep", server) {
            try server.psql("begin; insert into ledger values ('two'); prepare transaction 'p'")
            return try cluster.now()
        }
        let after = try cluster.now()
        try await cluster.receiving { try await cluster.waitForHeartbeat(after: after) }
        let prepared = "select count(*) from pg_prepared_xacts"
        try await look(cluster, at: .time(held)) { copy throws in
            // The removal had begun: the database is closed, and its files are there.
            #expect(try databases(copy) == "keep-2")
            #expect(try copy.psql(prepared) == "1")
            try copy.psql("update pg_database set datconnlimit = -1 where datname = 'keep'")
            #expect(try copy.psql("select count(*) from t", database: "keep") == "5000")
        }
        try await look(cluster, at: .time(before), isEarly: false) { copy throws in
            #expect(try databases(copy) == "keep-1")
            #expect(try copy.psql("select string_agg(note, ' ') from ledger") == "one")
            #expect(try copy.psql(prepared) == "0")
        }
    }
}
