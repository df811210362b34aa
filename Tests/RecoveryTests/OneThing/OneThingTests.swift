import Foundation
import Glibc
import Model
import SystemIO
import TestKit
import Testing

/// One table or one database out of a backup, through the executable and real servers.
@Suite(.ownThreads) struct OneThingTests {
    @Test(.timeLimit(.minutes(30)))
    func `a table that was dropped comes back as it was the second before`() async throws {
        let scene = try await OneThingScene()
        defer { scene.server.remove() }
        try scene.playground.edit("heartbeat: 10s", "heartbeat: 200ms")
        try scene.server.psql(
            """
            create schema sales;
            create table sales.orders (id serial primary key, note text not null);
            insert into sales.orders (note) values ('first'), (E'tab\\there'), ('back\\slash')
            """
        )
        try await scene.backUp()
        let moment = try await receiving(scene) { () async throws(Fault) in try await story(scene) }
        let ending = try await scene.restore(["--table", "sales.orders", "--at", moment.rfc3339()])
        #expect(ending.code == 0, "\(ending.errors)")
        #expect(ending.errors.contains("Plan: bring back table sales.orders to standard output"))
        #expect(!ending.output.contains("Plan:"))
        #expect(scene.leftovers.isEmpty)
        try scene.feed(ending.output)
        let rows = try scene.server.psql("select count(*), max(note) from sales.orders")
        #expect(rows == "4|tab\there")
        let next = try scene.server.psql(
            "insert into sales.orders (note) values ('new') returning id"
        )
        // The log holds a sequence's next 32 values at once, so recovery leaves a gap, as a crash does.
        #expect(try #require(Int(next)) >= 5)
        let gone = try await scene.restore(["--table", "sales.orders", "--at", "latest"])
        #expect(gone.code == 15 && gone.errors.contains("id: E-TABLE-NONE"), "\(gone.text)")
        #expect(gone.output.isEmpty)
    }

    /// Does something while the log is received.
    private func receiving<Value: Sendable>(
        _ scene: OneThingScene,
        _ body: () async throws(Fault) -> Value
    ) async throws -> Value {
        let (value, status) = try await scene.playground.whileRunning(body)
        let words = try scene.playground.read("run.log")
        #expect(status == .exited(0), "\(words)")
        return value
    }

    /// A row after the backup, the moment that it gives, and the loss of the table.
    private func story(_ scene: OneThingScene) async throws(Fault) -> Instant {
        try scene.server.psql("insert into sales.orders (note) values ('late')")
        // The moment is written in milliseconds.
        usleep(5_000)
        let moment = SystemClock().now()
        usleep(5_000)
        try scene.server.psql("drop table sales.orders")
        let position = try scene.server.psql("select pg_current_wal_insert_lsn()")
        try await scene.playground.waitForLog(upTo: position)
        return moment
    }

    @Test(.timeLimit(.minutes(30)))
    func `a table of a database that was dropped comes back as it was just before`() async throws {
        let scene = try await OneThingScene()
        defer { scene.server.remove() }
        try scene.playground.edit("heartbeat: 10s", "heartbeat: 200ms")
        try scene.server.psql("alter system set autovacuum = off")
        try scene.server.psql("select pg_reload_conf()")
        try scene.server.psql("create database keep")
        try scene.server.psql(
            "create table orders (id int primary key); insert into orders values (1), (2), (3)",
            database: "keep"
        )
        try await scene.backUp()
        // No heartbeat is written meanwhile, and the moment is written in milliseconds.
        usleep(5_000)
        let moment = SystemClock().now()
        usleep(5_000)
        try scene.server.psql("drop database keep with (force)")
        let position = try scene.server.psql("select pg_current_wal_insert_lsn()")
        try await receiving(scene) { () async throws(Fault) in
            try await scene.playground.waitForLog(upTo: position)
        }
        let ending = try await scene.restore([
            "--table", "orders", "--database", "keep", "--at", moment.rfc3339(),
        ])
        #expect(ending.code == 0, "\(ending.errors)")
        try scene.feed(ending.output)
        #expect(try scene.server.psql("select count(*), max(id) from orders") == "3|3")
        #expect(scene.leftovers.isEmpty)
    }

    @Test(.timeLimit(.minutes(30)))
    func `a table comes back out of a cluster that holds more than the usual limits allow`()
        async throws
    {
        let scene = try await OneThingScene(settings: [
            "max_prepared_transactions": "1200", "max_locks_per_transaction": "200",
            "max_connections": "300",
        ])
        defer { scene.server.remove() }
        try scene.server.psql("create table ledger (n int)")
        try scene.server.psql("insert into ledger values (0)")
        let script = (1...1100).map { number in
            "begin; insert into ledger values (\(number)); prepare transaction 'p\(number)';"
        }
        try scene.feed(script.joined(separator: "\n"))
        try await scene.backUp()
        let ending = try await scene.restore(["--table", "ledger", "--data-only"])
        #expect(ending.code == 0, "\(ending.errors)")
        let rows = ending.output.split(separator: "\n").filter { Int($0) != nil }
        #expect(rows == ["0"], "\(ending.output)")
        #expect(scene.leftovers.isEmpty)
    }

    @Test(.timeLimit(.minutes(30)))
    func `rows come back whatever things are called, and a condition stays one`() async throws {
        let scene = try await OneThingScene()
        defer { scene.server.remove() }
        let database = "Звонки ' \"2\" \\"
        let quoted = "\"" + database.replacing("\"", with: "\"\"") + "\""
        let table = "\"Öde Schema\".\"my \"\"ta.ble*\""
        try scene.server.psql("create database \(quoted)")
        try scene.feed(
            """
            create schema "Öde Schema";
            create table \(table) (id int primary key, "Имя" text, n int generated always as (id * 2) stored);
            insert into \(table) values (1, 'альфа'), (2, E'a\\nb'), (3, null), (4, 'альт');
            create table public.parted (id int, v text) partition by range (id);
            create table public.parted_1 partition of public.parted for values from (0) to (10);
            insert into public.parted values (1, 'x'), (2, 'y');
            """,
            database: database
        )
        try await scene.backUp()
        try scene.server.psql("create database other")
        try scene.server.psql("create schema \"Öde Schema\"", database: "other")
        let one = ["--table", table, "--database", database]
        let some = try await scene.restore(one + ["--where", "\"Имя\" like 'аль%' -- so"])
        #expect(some.code == 0, "\(some.errors)")
        try scene.feed(some.output, database: "other")
        let rows = "select string_agg(id || \"Имя\" || n, ',' order by id) from \(table)"
        #expect(try scene.server.psql(rows, database: "other") == "1альфа2,4альт8")
        let more = try await scene.restore(one + ["--where", "id = 3", "--data-only"])
        #expect(more.code == 0, "\(more.errors)")
        try scene.feed(more.output, database: "other")
        let count = "select count(*), count(\"Имя\") from \(table)"
        #expect(try scene.server.psql(count, database: "other") == "3|2")

        let parted = try await scene.restore(["--table", "parted", "--where", "id = 2"])
        #expect(parted.code == 0, "\(parted.errors)")
        try scene.feed(parted.output, database: "other")
        let found = try scene.server.psql("select * from public.parted_1", database: "other")
        #expect(found == "2|y")
        #expect(scene.leftovers.isEmpty)
    }

    @Test(.timeLimit(.minutes(30)))
    func `a condition is a condition and no command`() async throws {
        // Of the largest segments that are tested, which a server must be told of.
        let scene = try await OneThingScene(segmentMegabytes: 64)
        defer { scene.server.remove() }
        try scene.server.psql("create table t (id int); insert into t values (1)")
        try await scene.backUp()
        let one = try await scene.restore(["--table", "t"])
        #expect(one.code == 0, "\(one.text)")
        let trap = scene.server.root.appending(path: "trap").path
        for condition in [
            "true)) TO PROGRAM 'touch \(trap)' --", "true; drop table t", "nonsense = 1",
            "pg_read_file('/etc/passwd') is null",
        ] {
            let ending = try await scene.restore(["--table", "t", "--where", condition])
            #expect(ending.code != 0 && ending.output.isEmpty, "\(condition): \(ending.text)")
            #expect(!FileManager.default.fileExists(atPath: trap), "\(condition)")
        }
        #expect(scene.leftovers.isEmpty)
    }

    @Test(.timeLimit(.minutes(30)))
    func `the live server gets a table or a database, and nothing of it is replaced`()
        async throws
    {
        let scene = try await OneThingScene()
        defer { scene.server.remove() }
        let server = scene.server
        try server.psql("create database app")
        try server.psql(
            """
            create table kinds (id int primary key);
            create table calls (id int primary key, kind int references kinds, "At" timestamptz default now());
            insert into kinds values (1); insert into calls values (1, 1), (2, 1), (3, 1)
            """,
            database: "app"
        )
        try await scene.backUp()
        try server.psql("delete from calls where id > 1", database: "app")
        let calls = ["--table", "public.calls"]
        let beside = try await scene.restore(
            calls + ["--where", "id > 1", "--to", "table:Calls_Before"]
        )
        #expect(beside.code == 0 && beside.output.contains("2 rows"), "\(beside.text)")
        let ids = "select string_agg(id::text, ',' order by id) from"
        #expect(try server.psql("\(ids) calls_before", database: "app") == "2,3")
        let again = try await scene.restore(calls + ["--to", "table:calls_before"])
        #expect(again.code == 15 && again.errors.contains("id: E-RESTORE-PLACE"), "\(again.text)")
        #expect(try server.psql("\(ids) calls_before", database: "app") == "2,3")
        #expect(try server.psql("\(ids) calls", database: "app") == "1")

        try server.psql("drop table calls; delete from kinds", database: "app")
        let broken = try await scene.restore(calls + ["--to", "table:calls"])
        #expect(broken.code == 1 && broken.errors.contains("id: E-PG-FILL"), "\(broken.text)")
        #expect(try server.psql("select to_regclass('calls') is null", database: "app") == "t")
        try server.psql("insert into kinds values (1)", database: "app")
        let whole = try await scene.restore(
            calls + ["--to", "table:public.calls", "--database", "app"]
        )
        #expect(whole.code == 0, "\(whole.text)")
        #expect(try server.psql("\(ids) calls", database: "app") == "1,2,3")
        let keys = "select count(*) from pg_constraint where conrelid = 'calls'::regclass"
        #expect(try server.psql(keys, database: "app") == "2")

        let name = "app \"vor\" dem Ende"
        let database = try await scene.restore(["--database", "app", "--to", "database:\(name)"])
        #expect(database.code == 0, "\(database.text)")
        #expect(try server.psql("\(ids) calls", database: name) == "1,2,3")
        let taken = try await scene.restore(["--database", "app", "--to", "database:\(name)"])
        #expect(taken.code == 15 && taken.errors.contains("id: E-RESTORE-PLACE"), "\(taken.text)")
        let partial = "select count(*) from pg_database where datname like 'lifeboat%'"
        #expect(try server.psql(partial) == "0")
        #expect(
            try server.psql("select count(*) from pg_roles where rolname like 'lifeboat%'") == "0"
        )
        #expect(scene.leftovers.isEmpty)
    }
}
