import Foundation
import TestKit

/// What a restored cluster is compared by, and proven sound by.
struct ClusterOracle {
    let server: PostgresServer

    /// Every table of every database with its rows counted and hashed, one a line.
    func contents() throws -> [String] {
        let databases = try lines(
            """
            select datname from pg_database
            where datallowconn and datconnlimit <> -2 and datname <> 'template1' order by 1
            """
        )
        return try databases.flatMap { database in
            let tables = try lines(
                """
                select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where c.relkind in ('r', 'm') and c.relpersistence = 'p'
                  and n.nspname not in ('pg_catalog', 'information_schema')
                """,
                in: database
            )
            guard !tables.isEmpty else { return ["\(database): no tables"] }
            let counts = tables.map { table in
                "select '\(table)', count(*), coalesce(sum(hashtext(t::text)::bigint), 0) from \(table) t"
            }
            let sql = "set jit = off; " + counts.joined(separator: " union all ") + " order by 1"
            return try lines(sql, in: database).map { "\(database): \($0)" }
        }
    }

    /// Checks heap, indexes, visibility and page checksums, and dumps everything; the server is stopped then.
    func prove(hasAmcheck: Bool, hasChecksums: Bool) throws {
        if hasAmcheck {
            _ = try server.run(
                "pg_amcheck",
                server.connectionArguments + ["--all", "--install-missing", "--heapallindexed"]
            )
            try server.psql("create extension if not exists pg_visibility")
            let wrong = try server.psql(
                """
                select count(*) from pg_class c, lateral pg_check_visible(c.oid) v
                where c.relkind in ('r', 't', 'm')
                """
            )
            guard wrong == "0" else {
                throw CocoaError(.fileReadCorruptFile, userInfo: ["wrong": wrong])
            }
        }
        let dump = try server.run("pg_dumpall", server.connectionArguments)
        guard dump.contains("dump complete") else { throw CocoaError(.fileReadCorruptFile) }
        try server.stop()
        if hasChecksums { _ = try server.run("pg_checksums", ["--check", "-D", server.data.path]) }
    }

    private func lines(_ sql: String, in database: String = "postgres") throws -> [String] {
        try server.psql(sql, database: database).split(separator: "\n").map(String.init)
    }
}
