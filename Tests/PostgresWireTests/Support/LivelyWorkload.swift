import Foundation
import Model
import TestKit

/// Everything that writes records of its own kind, on a real server.
struct LivelyWorkload {
    /// What the server needs to be told for it.
    static let settings = [
        "wal_keep_size": "200GB", "max_wal_size": "300MB", "wal_level": "logical",
        "max_prepared_transactions": "10", "autovacuum_naptime": "1",
        "track_commit_timestamp": "on",
    ]

    let server: PostgresServer

    /// Runs it once; every fifth round the server crashes and databases come and go.
    func run(round: Int) throws(Fault) {
        let script = server.root.appending(path: "workload.sql")
        if round == 0 {
            do { try Data(Self.statements.utf8).write(to: script) } catch {
                throw Fault(.testServer, "unable to write '\(script.path)'", cause: error)
            }
            try server.own(script)
        }
        let options = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", "postgres", "-f", script.path]
        try server.run("psql", server.connectionArguments + options)
        guard round % 5 == 0 else { return }
        try server.psql("CREATE DATABASE d1 STRATEGY file_copy")
        try server.psql("CREATE DATABASE d2 STRATEGY wal_log")
        try server.psql(
            "CREATE TABLE t AS SELECT g FROM generate_series(1, 1000) g",
            database: "d1"
        )
        if round > 0 { try server.psql("DROP DATABASE kept") }
        try server.psql("DROP DATABASE d2")
        try server.psql("ALTER DATABASE d1 RENAME TO kept")
        let compression = round % 10 == 0 ? "pglz" : "off"
        try server.psql("ALTER SYSTEM SET wal_compression = \(compression)")
        try server.psql("SELECT pg_create_restore_point('x'), pg_reload_conf()")
        try server.psql("SELECT pg_switch_wal()")
        try server.stop(.immediate)
        try server.start()
    }

    private static let statements = """
        SET client_min_messages = error;
        CREATE TABLE IF NOT EXISTS a(
            id serial PRIMARY KEY, t text, arr int[], p point, ts timestamptz DEFAULT now()
        );
        CREATE TABLE IF NOT EXISTS still(id int PRIMARY KEY, t text);
        INSERT INTO still SELECT g, repeat('s', 200) FROM generate_series(1, 20000) g
            ON CONFLICT DO NOTHING;
        UPDATE still SET t = md5(t) WHERE id % 4000 = 7;
        CREATE INDEX IF NOT EXISTS a_gin ON a USING gin(arr);
        CREATE INDEX IF NOT EXISTS a_gist ON a USING gist(p);
        CREATE INDEX IF NOT EXISTS a_spgist ON a USING spgist(p);
        CREATE INDEX IF NOT EXISTS a_brin ON a USING brin(ts) WITH (pages_per_range = 2);
        CREATE INDEX IF NOT EXISTS a_hash ON a USING hash(t);
        INSERT INTO a(t, arr, p)
            SELECT md5(random()::text), ARRAY[g, (random() * 100)::int], point(random(), random())
            FROM generate_series(1, 3000) g;
        UPDATE a SET t = md5(t) WHERE id % 7 = (random() * 6)::int;
        DELETE FROM a WHERE id % 11 = 3;
        CREATE TABLE big(x text);
        ALTER TABLE big ALTER x SET STORAGE EXTERNAL;
        INSERT INTO big SELECT repeat('y', 300000) FROM generate_series(1, 4);
        TRUNCATE big;
        DROP TABLE big;
        BEGIN; CREATE TABLE c(x int); INSERT INTO c SELECT generate_series(1, 500);
        SAVEPOINT s; INSERT INTO c VALUES (1); ROLLBACK TO s;
        SAVEPOINT r; INSERT INTO c VALUES (2); RELEASE r; COMMIT;
        DO $$ BEGIN PERFORM pg_logical_emit_message(true, 'm', repeat('z', 200000)); END $$;
        DO $$ BEGIN PERFORM pg_logical_emit_message(false, 'm', 'hello'); END $$;
        BEGIN; CREATE TABLE undone(x int); ROLLBACK;
        BEGIN; DROP TABLE c; PREPARE TRANSACTION 'kept';
        COMMIT PREPARED 'kept';
        BEGIN; CREATE TABLE undone(x int PRIMARY KEY); PREPARE TRANSACTION 'undone';
        ROLLBACK PREPARED 'undone';
        DO $$ BEGIN FOR i IN 1..100 LOOP
            BEGIN INSERT INTO a(t) VALUES ('sub'); EXCEPTION WHEN OTHERS THEN NULL; END;
        END LOOP; END $$;
        DO $$ BEGIN PERFORM nextval('a_id_seq') FROM generate_series(1, 200); END $$;
        CREATE UNLOGGED TABLE u(x int); INSERT INTO u SELECT generate_series(1, 100);
        ALTER TABLE u SET LOGGED; DROP TABLE u;
        CREATE TABLE IF NOT EXISTS cut(x int, t text);
        INSERT INTO cut SELECT g, repeat('c', 100) FROM generate_series(1, 5000) g;
        DELETE FROM cut WHERE x > 2000;
        VACUUM cut;
        VACUUM a;
        REINDEX TABLE a;
        VACUUM FULL a;
        VACUUM FULL pg_class;
        ANALYZE a;
        DO $$ BEGIN PERFORM lo_from_bytea(0, decode(repeat('00ff', 5000), 'hex')); END $$;
        CHECKPOINT;
        """
}
