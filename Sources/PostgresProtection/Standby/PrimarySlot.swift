internal import Model
internal import PostgresWire
internal import Protection
internal import Vault

/// The slot on a primary that keeps its log for a standby that is being built.
struct PrimarySlot {
    let address: PrimaryAddress
    let clock: any Timekeeper
    /// Whether it was made here, and not found.
    let isNew: Bool

    /// Makes the slot, or takes one of its name that nobody uses, as an attempt that was killed leaves it.
    ///
    /// - Throws: `E-PG-SLOT` when somebody uses it, or none is free.
    init(_ address: PrimaryAddress, clock: any Timekeeper) throws(Fault) {
        self.address = address
        self.clock = clock
        let connection = try address.connect()
        defer { connection.close() }
        let session = ReplicationSession(connection, timekeeper: clock)
        do throws(Fault) {
            try session.createSlot(address.slot, reserveWAL: true)
            isNew = true
        } catch  where error.code == .postgresSlot {
            guard try session.readSlot(address.slot) != nil else { throw error }
            // Whether somebody uses it shows when it is used.
            try session.startReplication(
                slot: address.slot,
                from: try session.identifySystem().position,
                timeline: try session.identifySystem().timeline
            )
            isNew = false
        }
    }

    /// Whether the primary still has its log from a position on, by asking for it.
    ///
    /// - Throws: `E-LOG-GAP` when it has not, `E-PG-UNREACHABLE` when it does not say.
    func requireLog(from position: LSN, timeline: UInt32) throws(Fault) {
        let connection = try address.connect()
        defer { connection.close() }
        let session = ReplicationSession(connection, timekeeper: clock)
        do throws(Fault) {
            try LogProbe.ask(session, for: LogPlace(timeline, position))
        } catch  where error.code != .cancelled && error.code != .postgresUnreachable {
            throw Fault(
                .logGap,
                "unable to build a standby: the vault's log ends at \(position), and the primary does not have what follows: \(error.message)",
                hints: [
                    "Take a new base backup first (`lifeboat backup`), and keep `lifeboat run` running: it receives the log."
                ],
                cause: error
            )
        }
    }

    /// Drops the slot if it was made here.
    func release() throws(Fault) {
        guard isNew else { return }
        let connection = try address.connect()
        defer { connection.close() }
        try ReplicationSession(connection, timekeeper: clock).dropSlot(address.slot)
    }
}
