internal import Model
internal import PostgresWire
internal import SystemIO

/// What a backup knows of the server, by SQL where that is allowed, else by the replication protocol.
struct ServerProfile {
    /// The cluster's identity, decimal.
    let systemID: String
    /// The cluster's identity, its timeline, and how far its log is flushed.
    let identity: SystemIdentity
    /// The timelines that it came from.
    let history: TimelineHistory
    /// The version as a number, 150020 for 15.20.
    let version: Int
    /// How large its log's segments are.
    let segmentSize: SegmentSize
    /// Whether pages carry checksums.
    let hasChecksums: Bool
    /// What SQL could tell; nil when there is no SQL connection.
    let sql: ServerFacts?
    /// Why there is no SQL connection.
    let sqlFault: Fault?
    /// The functions that the role may not execute.
    let missing: [BackupFunction]
    /// The role, and the database that SQL connections are made to.
    let account: (role: String, database: String)
    /// What goes into the snapshot's head.
    let facts: [String: String]

    /// The fact that tells whose the data directory is, `UID:GID`, where it can be seen.
    static let ownerFact = "owner"
    /// Settings that a recovering server must have at least as high as the primary had.
    static let floors = [
        "max_connections", "max_worker_processes", "max_wal_senders", "max_prepared_transactions",
        "max_locks_per_transaction",
    ]

    /// Asks the server.
    ///
    /// - Throws: `E-PG-…` when not even a replication connection works.
    init(_ settings: PostgresSettings) throws(Fault) {
        let connection = try PostgresLink.replication(settings)
        defer { connection.close() }
        let session = ReplicationSession(connection, timekeeper: SystemClock())
        let identity = try session.identifySystem()
        self.identity = identity
        systemID = String(identity.systemIdentifier)
        history = try session.history(of: identity.timeline)
        version = connection.serverVersion
        segmentSize = try PostgresLink.segmentSize(session)
        hasChecksums = try session.show("data_checksums") == "on"
        var facts = [
            "system_id": systemID, "version": String(connection.serverVersion),
            "checksums": hasChecksums ? "on" : "off",
            "segment_bytes": String(segmentSize.bytes),
            "directory_mode": try session.show("data_directory_mode"),
        ]
        if let directory = settings.dataDirectory,
            let status = try? FileSystem.followedStatus(directory)
        {
            facts[Self.ownerFact] = "\(status.owner):\(status.group)"
        }
        for name in Self.floors { facts["setting.\(name)"] = try session.show(name) }
        do throws(Fault) {
            let connection = try PostgresLink.sql(settings)
            defer { connection.close() }
            let sql = try ServerFacts.read(connection)
            facts["data_directory"] = sql.dataDirectory
            for tablespace in sql.tablespaces {
                facts["tablespace.\(tablespace.oid)"] = tablespace.location
            }
            missing = try BackupFunction.missing(connection)
            account = (connection.user, connection.database)
            self.sql = sql
            sqlFault = nil
        } catch {
            sql = nil
            sqlFault = error
            missing = BackupFunction.allCases
            account = (connection.user, "")
        }
        self.facts = facts
    }

    /// The permission bits of files and directories, as the server makes them: SQL does not tell those of each.
    var modes: (file: UInt16, directory: UInt16) {
        facts["directory_mode"] == "0750" ? (0o640, 0o750) : (0o600, 0o700)
    }

    /// What the role lacks for reading the data directory.
    var grantsForDirectReads: PostgresGrants {
        PostgresGrants(
            role: account.role,
            database: account.database,
            version: version,
            missing: missing.filter { BackupFunction.forDirectReads.contains($0) },
            seesSessions: false
        )
    }

    /// What SQL could tell.
    ///
    /// - Throws: why there is no SQL connection.
    func requireSQL() throws(Fault) -> ServerFacts {
        if let sql { return sql }
        throw sqlFault
            ?? Fault(.postgresUnreachable, "unable to read the files: there is no SQL connection")
    }

    /// Sees that the role may execute functions.
    ///
    /// - Throws: `E-PG-ROLE` naming those that it may not execute.
    func require(_ functions: [BackupFunction]) throws(Fault) {
        let lacking = missing.filter { functions.contains($0) }
        guard !lacking.isEmpty else { return }
        let names = lacking.map { $0.name(version: version) }.joined(separator: ", ")
        throw Fault(
            .postgresRole,
            "unable to read the files: role '\(account.role)' may not execute \(names)"
                + " in database '\(account.database)'",
            hints: ["`lifeboat doctor --grants` prints the SQL that grants it."]
        )
    }
}
