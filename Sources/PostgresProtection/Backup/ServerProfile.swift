internal import Model
internal import PostgresWire
internal import SystemIO

/// What a backup knows of the server, by SQL where that is allowed, else by the replication protocol.
struct ServerProfile {
    /// The cluster's identity, decimal.
    let systemID: String
    /// The version as a number, 150020 for 15.20.
    let version: Int
    /// Whether pages carry checksums.
    let hasChecksums: Bool
    /// What SQL could tell; nil when there is no SQL connection.
    let sql: ServerFacts?
    /// Why there is no SQL connection.
    let sqlFault: Fault?
    /// What goes into the snapshot's head.
    let facts: [String: String]

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
        systemID = String(identity.systemIdentifier)
        version = connection.serverVersion
        hasChecksums = try session.show("data_checksums") == "on"
        var facts = [
            "system_id": systemID, "version": String(connection.serverVersion),
            "checksums": hasChecksums ? "on" : "off",
            "segment_bytes": String(try PostgresLink.segmentSize(session).bytes),
            "directory_mode": try session.show("data_directory_mode"),
        ]
        for name in Self.floors { facts["setting.\(name)"] = try session.show(name) }
        do throws(Fault) {
            let connection = try PostgresLink.sql(settings)
            defer { connection.close() }
            let sql = try ServerFacts.read(connection)
            facts["data_directory"] = sql.dataDirectory
            for tablespace in sql.tablespaces {
                facts["tablespace.\(tablespace.oid)"] = tablespace.location
            }
            self.sql = sql
            sqlFault = nil
        } catch {
            sql = nil
            sqlFault = error
        }
        self.facts = facts
    }
}
