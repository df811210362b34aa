import Model
import PostgresWire

/// The call center's database: calls, what was said in them, and what was made of it.
struct DemoDatabase: Sendable {
    /// How many calls there are before the demonstration begins to write.
    static let calls = 120_000

    let postgres: DemoPostgres

    /// What a table holds.
    struct TableEvidence: Sendable, Hashable {
        /// The table.
        let table: String
        /// How many rows.
        let rows: Int
        /// SHA-256 over the MD5 of every row, in the order of their numbers.
        let digest: String
    }

    /// Makes the database and its content; the server composes the text, on two connections at once.
    func fill() async throws(Fault) {
        let connection = try postgres.connect(to: "postgres")
        _ = try connection.query("CREATE DATABASE \(DemoPostgres.database)")
        connection.close()
        let half = Self.calls / 2
        try run([Self.schema])
        let works = [
            [Self.phrases(), Self.functions, Self.transcripts(1...half)],
            [Self.phrases(), Self.functions, Self.transcripts(half + 1...Self.calls)],
        ]
        let results = await withTaskGroup(of: Result<Void, Fault>.self) { group in
            for work in works {
                group.addTask {
                    do throws(Fault) { return .success(try run(work)) } catch {
                        return .failure(error)
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        for result in results { try result.get() }
        try run([Self.functions, Self.calls(Self.calls), Self.analytics(Self.calls), Self.indexes])
    }

    /// The size of the database on disk, as the server measures it.
    func size() throws(Fault) -> ByteCount {
        ByteCount(try number("SELECT pg_database_size(current_database())"))
    }

    /// Digests of everything but the rows that the demonstration writes: those are in the ledger.
    func evidence() throws(Fault) -> [TableEvidence] {
        let connection = try postgres.connect()
        defer { connection.close() }
        var evidence: [TableEvidence] = []
        for (table, condition) in [
            ("calls", "id <= \(Self.calls)"), ("transcripts", "true"), ("analytics", "true"),
        ] {
            let rows = try connection.query(
                """
                SELECT count(*),
                    encode(sha256(convert_to(coalesce(string_agg(md5(t::text), '' ORDER BY id), ''), 'UTF8')), 'hex')
                FROM \(table) t WHERE \(condition)
                """
            )
            guard let row = rows.first, let count = row[0].flatMap({ Int($0) }), let digest = row[1]
            else { throw Self.mute }
            evidence.append(TableEvidence(table: table, rows: count, digest: digest))
        }
        return evidence
    }

    /// The rows that the demonstration has written, as they are in the database: number and digest.
    func written() throws(Fault) -> [Int64: String] {
        let connection = try postgres.connect()
        defer { connection.close() }
        let rows = try connection.query(
            """
            SELECT id, encode(sha256(convert_to(id || ':' || marker, 'UTF8')), 'hex')
            FROM calls WHERE id > \(Self.calls)
            """
        )
        var written: [Int64: String] = [:]
        for row in rows {
            guard let id = row[0].flatMap({ Int64($0) }), let digest = row[1] else {
                throw Self.mute
            }
            written[id] = digest
        }
        return written
    }

    /// The accident: a `DELETE` without a `WHERE`; gives how many rows it took.
    func deleteCalls() throws(Fault) -> Int {
        Int(try number("WITH gone AS (DELETE FROM calls RETURNING 1) SELECT count(*) FROM gone"))
    }

    /// The server's clock.
    func clock() throws(Fault) -> Instant {
        let connection = try postgres.connect()
        defer { connection.close() }
        return try DemoWriter.clock(connection)
    }

    private func number(_ sql: String) throws(Fault) -> Int64 {
        let connection = try postgres.connect()
        defer { connection.close() }
        guard let text = try connection.query(sql).first?.first ?? nil, let number = Int64(text)
        else { throw Self.mute }
        return number
    }

    private func run(_ statements: [String]) throws(Fault) {
        let connection = try postgres.connect()
        defer { connection.close() }
        for statement in statements { _ = try connection.query(statement) }
    }

    private static let mute = Fault(
        .demoServer,
        "unable to ask the demonstration's database: the server gave nothing back"
    )
}
