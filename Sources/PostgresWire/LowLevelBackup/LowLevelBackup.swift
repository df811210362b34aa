public import Model

/// A low-level backup: between ``start(label:fast:)`` and ``stop(waitForArchive:)`` the files of
/// the cluster may be copied by any means.
///
/// It lives in one SQL session that must stay open: when the connection closes, the server aborts
/// the backup. Used by one task at a time.
public final class LowLevelBackup {
    private let connection: PostgresConnection
    private var begun: BackupStart?

    /// Takes over an SQL connection; use others for everything else.
    public init(_ connection: PostgresConnection) { self.connection = connection }

    /// Begins the backup after a checkpoint: with `fast` at once, otherwise spread over minutes.
    ///
    /// - Throws: `E-PG-ROLE` when the role may not execute the functions, `E-PG-QUERY`,
    ///   `E-PG-UNREACHABLE`, `E-CANCELLED`.
    public func start(label: String, fast: Bool) throws(Fault) -> BackupStart {
        precondition(begun == nil, "the backup has begun already")
        let call =
            isOld ? "pg_start_backup($1, $2::boolean, false)" : "pg_backup_start($1, $2::boolean)"
        let rows = try granting {
            () throws(Fault) in
            try connection.query(
                """
                SELECT b.lsn, CASE WHEN pg_catalog.pg_is_in_recovery()
                  THEN (SELECT to_hex(timeline_id) FROM pg_catalog.pg_control_checkpoint())
                  ELSE pg_catalog.substr(pg_catalog.pg_walfile_name(b.lsn), 1, 8) END
                FROM pg_catalog.\(call) AS b(lsn)
                """,
                parameters: [label, fast ? "true" : "false"]
            )
        }
        guard let row = rows.first, row.count == 2, let position = LSN(row[0] ?? ""),
            let timeline = UInt32(row[1] ?? "", radix: 16)
        else { throw fault(.postgresProtocol, "the start is malformed") }
        let start = BackupStart(position: position, timeline: timeline)
        begun = start
        return start
    }

    /// Ends the backup; with `waitForArchive` only after the server's own archive has the log.
    ///
    /// - Throws: `E-PG-BACKUP` when the label does not tell of the start that
    ///   ``start(label:fast:)`` gave; `E-PG-QUERY` when a standby was promoted meanwhile;
    ///   `E-PG-UNREACHABLE`, `E-CANCELLED`. After any fault the backup is worthless.
    public func stop(waitForArchive: Bool = false) throws(Fault) -> BackupStop {
        guard let begun else { preconditionFailure("the backup has not begun") }
        let wait = waitForArchive ? "true" : "false"
        let call = isOld ? "pg_stop_backup(false, \(wait))" : "pg_backup_stop(\(wait))"
        // To the database's own encoding: the bytes that the server would write, whatever the
        // client's encoding.
        let rows = try granting {
            () throws(Fault) in
            try connection.queryBytes(
                """
                SELECT pg_catalog.convert_to(lsn::text, 'UTF8'),
                  pg_catalog.convert_to(labelfile, pg_catalog.getdatabaseencoding()),
                  pg_catalog.convert_to(spcmapfile, pg_catalog.getdatabaseencoding())
                FROM pg_catalog.\(call)
                """
            )
        }
        self.begun = nil
        guard let row = rows.first, row.count == 3,
            let position = LSN(String(decoding: row[0] ?? [], as: UTF8.self)), let file = row[1]
        else { throw fault(.postgresProtocol, "the end is malformed") }
        let label = try BackupLabel(parsing: file)
        guard label.start == begun.position,
            label.isFromStandby || label.timeline == begun.timeline, position >= begun.position
        else { throw fault(.postgresBackup, "its label tells of another start") }
        return BackupStop(
            position: position,
            labelFile: file,
            tablespaceMap: row[2] ?? [],
            label: label
        )
    }

    /// Makes sure that the session is still there, which also keeps it from being taken for an idle one on the way.
    ///
    /// - Throws: `E-PG-UNREACHABLE` when it is gone, and the backup with it; `E-CANCELLED`.
    public func confirm() throws(Fault) { _ = try connection.query("SELECT 1") }

    /// Gives the backup up by closing the connection.
    public func abandon() {
        begun = nil
        connection.close()
    }

    private var isOld: Bool { connection.serverVersion < 150_000 }

    /// Adds the command that mends a missing privilege.
    private func granting<Value>(_ body: () throws(Fault) -> Value) throws(Fault) -> Value {
        do throws(Fault) {
            return try body()
        } catch {
            guard error.code == .postgresRole else { throw error }
            let functions = BackupFunction.forDirectReads.map {
                $0.signature(version: connection.serverVersion)
            }.joined(separator: ", ")
            let role = connection.user.replacing("\"", with: "\"\"")
            throw error.adding(
                hint: "Run in database \(connection.database): GRANT EXECUTE ON FUNCTION"
                    + " \(functions) TO \"\(role)\";"
            )
        }
    }

    private func fault(_ code: Fault.Code, _ fact: String) -> Fault {
        Fault(code, "unable to back up PostgreSQL '\(connection.target)': \(fact)")
    }
}
