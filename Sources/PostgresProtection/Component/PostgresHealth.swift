public import Model
internal import PostgresWire

/// What a server's settings mean for its protection.
public struct PostgresHealth: Sendable {
    /// What the permanent slot does.
    public enum Slot: Sendable, Hashable {
        /// It is not there yet.
        case missing
        /// The log that it should keep is gone.
        case lost
        /// The log that it should keep is about to be removed.
        case ending
        /// It keeps the log, and nobody receives it.
        case idle
        /// It keeps the log, and somebody receives it.
        case active
    }

    /// The version as a number, 150020 for 15.20.
    public let version: Int
    /// Whether Lifeboat was tested with servers of its major version.
    public let isTested: Bool
    /// `wal_level`.
    public let walLevel: String
    /// How much log the server keeps for a slot at most (`max_slot_wal_keep_size`), in MiB; nil for no bound.
    public let slotBound: Int64?
    /// What the permanent slot does; nil when the settings name none.
    public let slot: Slot?
    /// Whether the server's commits wait for the receiver of that slot.
    public let synchronous: SynchronousStanding
    /// How a base backup reads the files: never `auto`.
    public let method: PostgresSettings.Method
    /// Whether a later backup can read only what changed; otherwise each reads everything.
    public let readsChanges: Bool
    /// Why the files are not read directly, where somebody can change that; nil when they are, or cannot be.
    public let obstacle: Fault?
    /// What the role lacks for reading the files directly, when that is the obstacle.
    public let grants: PostgresGrants?
    /// Whether sessions are to be counted and the role does not see those of others.
    public let isBlindToSessions: Bool

    /// Asks a server over an SQL and a replication connection; changes nothing.
    ///
    /// - Throws: `E-PG-…` when it cannot be reached or refuses, or when the way of reading that the settings want is
    ///   closed.
    public init(_ settings: PostgresSettings) throws(Fault) {
        let profile = try ServerProfile(settings)
        let way = try ReadingWay(settings, server: profile)
        method = way.method
        readsChanges =
            way.method != .replication
            || settings.method == .auto && way.readingRanges(profile) != nil
        obstacle = way.obstacle
        grants = way.obstacle?.code == .postgresRole ? profile.grantsForDirectReads : nil
        let connection = try PostgresLink.sql(settings)
        defer { connection.close() }
        version = connection.serverVersion
        isTested = settings.isTested(version)
        let role = "SELECT pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE')"
        let sees = try connection.query(role) == [["t"]]
        isBlindToSessions = settings.busy.sessions != nil && !sees
        let rows = try connection.query(
            """
            SELECT name, setting FROM pg_catalog.pg_settings
            WHERE name IN ('wal_level', 'max_slot_wal_keep_size')
            """
        )
        let values = rows.filter { $0.count == 2 }.map { ($0[0] ?? "", $0[1] ?? "") }
        walLevel = values.first { $0.0 == "wal_level" }?.1 ?? ""
        let bound = values.first { $0.0 == "max_slot_wal_keep_size" }.flatMap { Int64($0.1) }
        slotBound = bound.flatMap { $0 < 0 ? nil : $0 }
        guard let name = settings.slot else {
            slot = nil
            synchronous = .notNamed
            return
        }
        synchronous = try SynchronousStanding(connection, slot: name)
        slot = Slot(try connection.replicationSlot(name))
    }
}

extension PostgresHealth.Slot {
    fileprivate init(_ slot: ReplicationSlot?) {
        guard let slot else {
            self = .missing
            return
        }
        switch slot.walStatus {
        case .lost?: self = .lost
        case .unreserved?: self = .ending
        case .reserved?, .extended?, nil: self = slot.isActive ? .active : .idle
        }
    }
}
