public import Model

/// Lists and reads files below the data directory by `pg_ls_dir`, `pg_stat_file` and `pg_read_binary_file`.
///
/// The files are those that the server's own `BASE_BACKUP` would open, read in the same way; names are passed byte for
/// byte, whatever the database's encoding. Several batches may be on their way at once: ``send(_:)`` and ``receive()``
/// pair up in order. Used by one task at a time; waits as ``PostgresConnection`` does.
public final class ServerFiles {
    private let connection: PostgresConnection
    /// The lengths of the stretches of each batch that is on its way.
    private var awaited: [[Int]] = []

    /// Takes over an SQL connection whose role may execute the functions.
    ///
    /// - Throws: As ``PostgresConnection/query(_:parameters:)``.
    public init(_ connection: PostgresConnection) throws(Fault) {
        self.connection = connection
        _ = try connection.query("SET client_encoding = 'SQL_ASCII'")
    }

    /// Ends the connection.
    public func close() { connection.close() }

    /// What a directory holds, but for what vanishes meanwhile.
    ///
    /// The empty path is the data directory itself.
    /// Memory and time are proportional to the number of names in this one directory.
    /// - Throws: `E-PG-FORMAT` when a name is not UTF-8; otherwise as ``PostgresConnection/query(_:parameters:)``.
    public func list(_ directory: String) throws(Fault) -> [ListedFile] {
        let rows = try connection.queryBytes(
            """
            SELECT f.name, s.size::text,
              (extract(epoch FROM s.modification) * 1000000)::bigint::text, s.isdir::text
            FROM pg_catalog.pg_ls_dir($1, true, false) AS f(name)
            CROSS JOIN LATERAL pg_catalog.pg_stat_file($2 || f.name, true) AS s
            WHERE s.isdir IS NOT NULL ORDER BY f.name COLLATE "C"
            """,
            parameters: [
                directory.isEmpty ? "." : directory, directory.isEmpty ? "" : directory + "/",
            ]
        )
        var files: [ListedFile] = []
        files.reserveCapacity(rows.count)
        for row in rows {
            guard row.count == 4, let bytes = row[0], let size = Int64(Self.text(row[1])),
                let modified = Int64(Self.text(row[2]))
            else { throw malformed("list '\(directory)'") }
            guard let name = String(validating: bytes, as: UTF8.self) else {
                throw Fault(
                    .postgresFormat,
                    "unable to list '\(directory)' of PostgreSQL '\(connection.target)': the name"
                        + " '\(String(decoding: bytes, as: UTF8.self))' is not UTF-8",
                    hints: [
                        "Move the file out of the data directory, or set `method: replication`."
                    ]
                )
            }
            files.append(
                ListedFile(
                    path: directory.isEmpty ? name : "\(directory)/\(name)",
                    size: size,
                    modified: Instant(nanoseconds: modified &* 1000),
                    isDirectory: Self.text(row[3]) == "true"
                )
            )
        }
        return files
    }

    /// Reads one stretch of a file; fewer bytes than asked for where the file ends before, nil when it is gone.
    ///
    /// - Throws: As ``PostgresConnection/query(_:parameters:)``.
    public func read(_ range: FileRange) throws(Fault) -> [UInt8]? {
        let rows = try connection.queryBytes(
            "SELECT pg_catalog.pg_read_binary_file($1, $2::bigint, $3::bigint, true)",
            parameters: [range.path, String(range.offset), String(range.length)]
        )
        guard let row = rows.first, let value = row.first else {
            throw malformed("read '\(range.path)'")
        }
        return value
    }

    /// Begins to pipeline: from here on only ``send(_:)`` and ``receive()`` may be called.
    ///
    /// - Throws: `E-PG-UNREACHABLE`.
    public func beginPipeline() throws(Fault) {
        guard connection.handle.enterPipeline() else { throw connection.lost(attempt) }
    }

    /// Asks for a batch of stretches without waiting for it.
    ///
    /// - Throws: `E-PG-UNREACHABLE`, `E-CANCELLED`.
    public func send(_ ranges: [FileRange]) throws(Fault) {
        let isQueued = connection.handle.send(
            Self.batchSQL,
            parameters: [
                Self.array(ranges.map(\.path)), Self.array(ranges.map { String($0.offset) }),
                Self.array(ranges.map { String($0.length) }),
            ],
            binaryResult: true
        )
        try connection.submit(isQueued && connection.handle.synchronizePipeline(), attempt)
        awaited.append(ranges.map(\.length))
    }

    /// Waits for the oldest batch that was asked for and gives its stretches in order; as ``read(_:)`` does each.
    ///
    /// Each stretch is copied once, out of libpq's result. No more is taken than was asked for, whatever the server sends.
    /// - Throws: As ``PostgresConnection/query(_:parameters:)``; then the connection is closed.
    public func receive() throws(Fault) -> [[UInt8]?] {
        precondition(!awaited.isEmpty, "a batch was asked for")
        let lengths = awaited.removeFirst()
        do throws(Fault) {
            let pieces = try pieces(lengths)
            guard pieces.count == lengths.count,
                try connection.nextResult(attempt)?.status == .pipelineSync
            else { throw malformed("read") }
            return pieces
        } catch {
            connection.close()
            throw error
        }
    }

    /// Reads the oldest answer to its end, but for its end mark.
    private func pieces(_ lengths: [Int]) throws(Fault) -> [[UInt8]?] {
        // In a pipeline each statement has to be asked for by itself, when it is its turn: libpq before 17 leaves the first
        // one in the mode that the last query before the pipeline had. Either way of coming is read.
        _ = connection.handle.asksForSingleRows()
        var pieces: [[UInt8]?] = []
        pieces.reserveCapacity(lengths.count)
        var isComplete = false
        while let result = try connection.nextResult(attempt) {
            switch result.status {
            case .row where !isComplete, .rows where !isComplete:
                try take(result, lengths, into: &pieces)
                isComplete = result.status == .rows
            case .failure: throw connection.scrubber.scrub(result.serverError).fault(attempt)
            default: throw malformed("read")
            }
        }
        guard isComplete else { throw malformed("read") }
        return pieces
    }

    /// Adds the stretches that a result holds.
    private func take(
        _ result: LibpqResult,
        _ lengths: [Int],
        into pieces: inout [[UInt8]?]
    ) throws(Fault) {
        for row in 0..<result.rowCount {
            // The rows come as the arrays go; that they do is checked, since all rests on it.
            guard pieces.count < lengths.count, result.columnCount == 2,
                let number = result.bytes(row: row, column: 0),
                number.reduce(0, { $0 << 8 | Int($1) }) == pieces.count + 1
            else { throw malformed("read") }
            let piece = result.bytes(row: row, column: 1)
            guard (piece?.count ?? 0) <= lengths[pieces.count] else { throw malformed("read") }
            pieces.append(piece)
        }
    }

    private static let batchSQL = """
        SELECT r.number, pg_catalog.pg_read_binary_file(r.path, r.start, r.length, true)
        FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::bigint[]),
          pg_catalog.unnest($3::bigint[])) WITH ORDINALITY AS r(path, start, length, number)
        """

    /// An array in the server's text form.
    private static func array(_ elements: [String]) -> String {
        let quoted = elements.map { element in
            "\"" + element.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        }
        return "{" + quoted.joined(separator: ",") + "}"
    }

    private static func text(_ bytes: [UInt8]?) -> String {
        String(decoding: bytes ?? [], as: UTF8.self)
    }

    private var attempt: String {
        "unable to read files of PostgreSQL '\(connection.target)'"
    }

    private func malformed(_ act: String) -> Fault {
        Fault(
            .postgresProtocol,
            "unable to \(act) of PostgreSQL '\(connection.target)': the answer is malformed"
        )
    }
}
