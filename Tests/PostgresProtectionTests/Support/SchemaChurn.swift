import Foundation
import Synchronization
import TestKit

/// Changes a cluster's files while it is backed up: creates, drops, truncates, rewrites, indexes and moves relations,
/// and creates and drops databases.
final class SchemaChurn: Sendable {
    private let server: PostgresServer
    private let first: Int
    private let isOver = Mutex(false)

    /// `first`: the number of the first pass; names that it makes hold it, so that another one follows it with a higher one.
    init(_ server: PostgresServer, from first: Int = 1) {
        self.server = server
        self.first = first
    }

    /// Makes what is changed; `space` is a tablespace or nil.
    static func prepare(_ server: PostgresServer, space: String?) throws {
        try server.psql(
            """
            create table ledger (id serial primary key, note text);
            insert into ledger (note) select md5(g::text) from generate_series(1, 20000) g;
            create table wide (a int primary key, b text);
            insert into wide select g, repeat(md5(g::text), 20) from generate_series(1, 20000) g;
            create index on wide (b);
            create unlogged table scratch as select generate_series(1, 1000) as n;
            create table moving as select g as n, md5(g::text) as t from generate_series(1, 5000) g
            """
        )
        if let space { try server.psql("create table far (n int) tablespace \(space)") }
    }

    /// Changes until ``stop()``; one pass at least.
    func run(space: String?) async throws {
        var round = first - 1
        repeat {
            round += 1
            try server.psql(
                """
                create table t\(round) as select g as n, repeat(md5(g::text), 8) as t
                  from generate_series(1, 2000) g;
                create index on t\(round) (t);
                insert into ledger (note) select md5((g * \(round))::text) from generate_series(1, 200) g;
                update wide set b = b || '\(round)' where a % 17 = \(round % 17);
                delete from ledger where id % 31 = \(round % 31);
                truncate scratch;
                insert into scratch select generate_series(1, 500)
                """
            )
            try server.psql("vacuum \(round % 3 == 0 ? "full " : "")wide")
            try server.psql("vacuum ledger")
            if let space {
                let target = round % 2 == 0 ? "pg_default" : space
                try server.psql("alter table moving set tablespace \(target)")
                try server.psql("insert into far select generate_series(1, 100)")
            }
            if round > 3 { try server.psql("drop table if exists t\(round - 3)") }
            let strategy = round / 4 % 2 == 0 ? "wal_log" : "file_copy"
            if round % 4 == 1 {
                try server.psql("create database d\(round) strategy \(strategy)")
            } else if round % 4 == 3 {
                try server.psql("drop database if exists d\(round - 2)")
            }
            await Task.yield()
            // A backup that failed beside it ends it.
            try Task.checkCancellation()
        } while !isOver.withLock { $0 }
    }

    /// Ends ``run(space:)`` after its present pass.
    func stop() { isOver.withLock { $0 = true } }
}
