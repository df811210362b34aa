internal import Model
internal import PostgresWire
internal import Protection

/// The replication slot that keeps the server's log while a backup runs: the component's permanent one, or one made
/// for this backup and dropped after it.
struct BackupSlot {
    /// Its name.
    let name: String
    private let settings: PostgresSettings
    private let isOurs: Bool
    private let clock: any Timekeeper

    /// Finds the slot or creates it, with the log reserved at once, so that no position of the backup can be missed.
    ///
    /// A permanent one that keeps nothing is made anew: it was never used, or it lost its log, and from PostgreSQL 16 on it
    /// would never keep any again.
    /// - Throws: `E-PG-SLOT`, `E-PG-ROLE`, `E-PG-UNREACHABLE`.
    init(_ settings: PostgresSettings, context: BackupContext) throws(Fault) {
        self.settings = settings
        clock = context.clock
        let connection = try PostgresLink.replication(settings)
        defer { connection.close() }
        let session = ReplicationSession(connection, timekeeper: context.clock)
        if let slot = settings.slot {
            name = slot
            isOurs = false
            let found = try session.readSlot(slot)
            if let found, found.restartPosition == nil { try Self.drop(slot, session) }
            if found?.restartPosition == nil { try Self.create(slot, session) }
        } else {
            name = "lifeboat_\(context.clock.now().nanoseconds / 1000)"
            isOurs = true
            try session.createSlot(name, reserveWAL: true)
        }
    }

    /// Drops the permanent slot; that another process of ours uses it, or was faster, is success.
    private static func drop(_ slot: String, _ session: ReplicationSession) throws(Fault) {
        do throws(Fault) { try session.dropSlot(slot) } catch  where error.code == .postgresSlot {}
    }

    /// Creates the permanent slot; that another process of ours was faster is success.
    private static func create(_ slot: String, _ session: ReplicationSession) throws(Fault) {
        do throws(Fault) {
            try session.createSlot(slot, reserveWAL: true)
        } catch  where error.code == .postgresSlot {
            guard try session.readSlot(slot) != nil else { throw error }
        }
    }

    /// Drops the slot if it was made for this backup.
    func release() throws(Fault) {
        guard isOurs else { return }
        let connection = try PostgresLink.replication(settings)
        defer { connection.close() }
        try ReplicationSession(connection, timekeeper: clock).dropSlot(name)
    }
}
