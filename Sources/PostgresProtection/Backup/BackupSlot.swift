internal import Model
internal import PostgresWire
internal import Protection

/// The replication slot that keeps the server's log while a backup runs: the component's permanent one, or a temporary one
/// that the server drops with the session that made it, however this program ends.
struct BackupSlot {
    /// What a receiver of the log needs to know of it.
    let log: LogSlot
    /// The session that a temporary slot lives in.
    private let holder: PostgresConnection?

    /// Finds the slot or creates it, with the log reserved at once, so that no position of the backup can be missed.
    ///
    /// A permanent one that keeps nothing is made anew: it was never used, or it lost its log, and from PostgreSQL 16 on it
    /// would never keep any again.
    /// - Throws: `E-PG-UNTESTED` before anything is created; `E-PG-SLOT`, `E-PG-ROLE`, `E-PG-UNREACHABLE`.
    init(_ settings: PostgresSettings, context: BackupContext) throws(Fault) {
        let connection = try PostgresLink.replication(settings)
        do throws(Fault) {
            try settings.requireTested(
                connection.serverVersion,
                of: context.stream.component,
                context.progress
            )
            let session = ReplicationSession(connection, timekeeper: context.clock)
            if let name = settings.slot {
                log = LogSlot(name: name, isHeld: false)
                try Self.provide(log, session, connection.serverVersion, settings)
                holder = nil
                connection.close()
            } else {
                let name = "lifeboat_\(context.clock.now().nanoseconds / 1000)"
                try session.createSlot(name, reserveWAL: true, temporary: true)
                log = LogSlot(name: name, isHeld: true)
                holder = connection
            }
        } catch {
            connection.close()
            throw error
        }
    }

    /// Creates the permanent slot unless it keeps log; that another process of ours was faster is success.
    private static func provide(
        _ slot: LogSlot,
        _ session: ReplicationSession,
        _ version: Int,
        _ settings: PostgresSettings
    ) throws(Fault) {
        let found = try slot.position(session, version, settings)
        if found.isThere, found.restart == nil { try drop(slot.name, session) }
        guard found.restart == nil else { return }
        do throws(Fault) {
            try session.createSlot(slot.name, reserveWAL: true)
        } catch  where error.code == .postgresSlot {
            guard try slot.position(session, version, settings).isThere else { throw error }
        }
    }

    /// Drops the permanent slot; that another process of ours uses it, or was faster, is success.
    private static func drop(_ slot: String, _ session: ReplicationSession) throws(Fault) {
        do throws(Fault) { try session.dropSlot(slot) } catch  where error.code == .postgresSlot {}
    }

    /// Ends the session of a temporary slot, and so the slot.
    func release() { holder?.close() }
}
