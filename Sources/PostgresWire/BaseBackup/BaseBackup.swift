public import Model

/// A base backup by the `BASE_BACKUP` command, which needs no more than the `REPLICATION`
/// privilege.
///
/// The server leaves out what it always does and sends `backup_label` first and `pg_control` last.
/// It makes no manifest (that is done better here), and does not wait for its archive: the caller
/// must have the log from start to stop before the backup is good. Where pages carry checksums it
/// reads a page anew whose checksum is wrong, so that what arrives wrong was wrong twice; it sends
/// such a page all the same, and the caller sees it by verifying.
public struct BaseBackup: Sendable {
    /// The label that `backup_label` will carry.
    public let label: String
    /// An upper bound for the server's sending, in KiB a second (32 to 1,048,576); nil for none.
    public let maximumKibibytesPerSecond: Int?
    /// Whether the server sends `tablespace_map`, else links in its archive, which can lead to paths of ``longestLink`` bytes at most.
    ///
    /// PostgreSQL 15 sends nothing of `pg_tblspc` beside its map: tablespaces made in place are then missing.
    public let asksForMap: Bool
    /// How long a path is that a link in an archive can lead to.
    public static let longestLink = 99

    /// Describes a backup.
    ///
    /// - Throws: `E-VALUE` when the label is longer than 200 bytes or holds control characters, or
    ///   the rate is one that the server refuses.
    public init(
        label: String,
        maximumKibibytesPerSecond: Int? = nil,
        asksForMap: Bool = true
    ) throws(Fault) {
        guard label.utf8.count <= 200, label.utf8.allSatisfy({ $0 >= 32 && $0 != 127 }) else {
            throw Fault(.invalidValue, "unable to use backup label: it is too long or not one line")
        }
        guard (32...1_048_576).contains(maximumKibibytesPerSecond ?? 32) else {
            throw Fault(.invalidValue, "unable to limit the backup: the rate is out of range")
        }
        self.label = label
        self.maximumKibibytesPerSecond = maximumKibibytesPerSecond
        self.asksForMap = asksForMap
    }

    /// The command, in the grammar of PostgreSQL 15 and newer.
    package var command: String {
        var options = ["LABEL '\(label.replacing("'", with: "''"))'", "CHECKPOINT 'fast'"]
        options += ["WAIT false", "WAL false", "MANIFEST 'no'", "VERIFY_CHECKSUMS true"]
        options.append("TABLESPACE_MAP \(asksForMap)")
        if let rate = maximumKibibytesPerSecond { options.append("MAX_RATE \(rate)") }
        return "BASE_BACKUP (\(options.joined(separator: ", ")))"
    }

    /// Takes the backup over an idle physical replication connection and hands every event to
    /// `consume`.
    ///
    /// Holds one message (32 KiB) at a time; the server waits while `consume` does. After success
    /// the connection is idle again; after any fault it is closed and what was consumed is
    /// worthless.
    /// - Throws: `E-PG-VERSION` before PostgreSQL 15, `E-PG-ROLE`, `E-PG-UNREACHABLE`,
    ///   `E-PG-PROTOCOL`, `E-CANCELLED`, and what `consume` throws.
    public func run(
        on connection: PostgresConnection,
        consume: (BaseBackupEvent) async throws(Fault) -> Void
    ) async throws(Fault) {
        guard connection.serverVersion >= 150_000 else {
            throw Fault(
                .postgresVersion,
                "unable to take base backup of PostgreSQL '\(connection.target)': before version 15"
                    + " the replication protocol sends it in another form",
                hints: ["Grant the functions of grant.sql, so that files are read by SQL instead."]
            )
        }
        let attempt = "unable to take base backup of PostgreSQL '\(connection.target)'"
        do throws(Fault) {
            try connection.submit(connection.handle.send(command), attempt)
            let tablespaces = try await begin(connection, attempt, consume)
            let result = try await copy(connection, attempt, tablespaces, consume)
            try await end(connection, attempt, result, consume)
        } catch {
            connection.handle.requestCancel()
            connection.close()
            throw error
        }
    }

    private func begin(
        _ connection: PostgresConnection,
        _ attempt: String,
        _ consume: (BaseBackupEvent) async throws(Fault) -> Void
    ) async throws(Fault) -> [Tablespace] {
        let (start, timeline) = try position(connection, attempt)
        let list = try rows(connection, attempt).textRows
        var tablespaces: [Tablespace] = []
        for row in list where row.count >= 2 && row[0] != nil {
            guard let oid = RelationFile.oid((row[0] ?? "")[...]), let location = row[1] else {
                throw BaseBackupFrame.fault("a tablespace is malformed")
            }
            tablespaces.append(Tablespace(oid: oid, name: nil, location: location))
        }
        let result = try connection.nextResult(attempt)
        guard let result, result.status == .copyOut else {
            throw try refusal(result, connection, attempt)
        }
        try await consume(.began(start: start, timeline: timeline, tablespaces: tablespaces))
        return tablespaces
    }

    /// Hands out the archives, and what the server says at their end: a server that gave up says why.
    private func copy(
        _ connection: PostgresConnection,
        _ attempt: String,
        _ tablespaces: [Tablespace],
        _ consume: (BaseBackupEvent) async throws(Fault) -> Void
    ) async throws(Fault) -> LibpqResult? {
        var framing = BaseBackupFraming(tablespaces: tablespaces)
        while true {
            let read = try connection.handle.readCopy { span throws(Fault) in
                try BaseBackupFrame(decoding: span)
            }
            switch read {
            case .value(let frame):
                for event in try framing.receive(frame) { try await consume(event) }
            case .wouldBlock:
                try connection.wait(reading: true, writing: false)
                guard connection.handle.consumeInput() else { throw connection.lost(attempt) }
            case .failed: throw try refusal(connection.nextResult(attempt), connection, attempt)
            case .done:
                let result = try connection.nextResult(attempt)
                guard result?.status != .failure else {
                    throw try refusal(result, connection, attempt)
                }
                for event in try framing.finish() { try await consume(event) }
                return result
            }
        }
    }

    private func end(
        _ connection: PostgresConnection,
        _ attempt: String,
        _ first: LibpqResult?,
        _ consume: (BaseBackupEvent) async throws(Fault) -> Void
    ) async throws(Fault) {
        // What ends the COPY itself comes first as a result of its own.
        var result = first
        if result?.status == .command { result = try connection.nextResult(attempt) }
        guard let result, result.status == .rows else {
            throw try refusal(result, connection, attempt)
        }
        let (stop, timeline) = try position(result, attempt)
        while let rest = try connection.nextResult(attempt) {
            // After everything is sent, the server reports damaged pages as an error.
            let isDamage = rest.status == .failure && rest.serverError.sqlState == "XX001"
            guard isDamage || rest.status == .command else {
                throw try refusal(rest, connection, attempt)
            }
        }
        try await consume(.ended(stop: stop, timeline: timeline))
    }

    private func rows(
        _ connection: PostgresConnection,
        _ attempt: String
    ) throws(Fault) -> LibpqResult {
        let result = try connection.nextResult(attempt)
        guard let result, result.status == .rows else {
            throw try refusal(result, connection, attempt)
        }
        return result
    }

    private func position(
        _ connection: PostgresConnection,
        _ attempt: String
    ) throws(Fault) -> (LSN, UInt32) {
        try position(rows(connection, attempt), attempt)
    }

    private func position(
        _ result: LibpqResult,
        _ attempt: String
    ) throws(Fault) -> (LSN, UInt32) {
        guard let position = LSN(result.text(row: 0, column: 0) ?? ""),
            let timeline = UInt32(result.text(row: 0, column: 1) ?? "")
        else { throw Fault(.postgresProtocol, "\(attempt): a position is malformed") }
        return (position, timeline)
    }

    /// The fault for an answer that is not the one expected: the server's report where it is one.
    private func refusal(
        _ result: LibpqResult?,
        _ connection: PostgresConnection,
        _ attempt: String
    ) throws(Fault) -> Fault {
        guard let result else { return connection.lost(attempt) }
        guard result.status == .failure else {
            return Fault(.postgresProtocol, "\(attempt): the answer is malformed")
        }
        return connection.scrubber.scrub(result.serverError).fault(attempt)
    }
}
