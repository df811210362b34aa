internal import Model
internal import PostgresWire
internal import Protection
internal import Vault

extension LogReceiver {
    /// A stream holds one cluster; another one's log would be joined to it without anybody noticing.
    static func refuseForeign(
        _ reader: LogReader,
        _ identity: SystemIdentity
    ) async throws(Fault) {
        guard let last = reader.pieces.last else { return }
        let head = try await reader.head(of: last)
        guard head.source == String(identity.systemIdentifier) else {
            throw Fault(
                .foreignCluster,
                "unable to receive the log of '\(reader.stream.component)': the server is cluster"
                    + " \(identity.systemIdentifier), the vault holds \(head.source)",
                hints: [
                    "Give the new cluster a component name of its own; the old one stays restorable."
                ]
            )
        }
    }

    /// The slot that is given, or the permanent one, which is made where it is not: only now, since on another cluster it
    /// would keep the log for nobody.
    static func slot(
        _ given: LogSlot?,
        _ settings: PostgresSettings,
        _ context: BackupContext
    ) throws(Fault) -> LogSlot {
        if let given { return given }
        return try BackupSlot(settings, context: context).log
    }

    /// Where receiving begins: where the vault's log ends, if the slot keeps it or the server has it all the same.
    static func beginning(
        of session: ReplicationSession,
        _ identity: SystemIdentity,
        _ reader: LogReader,
        _ slotPosition: LSN?,
        _ segmentSize: SegmentSize,
        isThere: (LogPlace) throws(Fault) -> Bool
    ) throws(Fault) -> LogStart {
        let line = try session.history(of: identity.timeline)
        let start = LogStart(
            reader: reader,
            line: line,
            end: identity.position,
            slotPosition: slotPosition,
            segmentSize: segmentSize
        )
        guard let wanted = start.wanted, try isThere(wanted) else { return start }
        return LogStart(at: wanted, line: line)
    }

    /// Whether there is a base backup, and the newest does not lead to where receiving begins.
    static func isAstray(
        _ start: LogStart,
        _ vault: Vault,
        _ reader: LogReader,
        _ context: BackupContext
    ) async throws(Fault) -> Bool {
        let newest = try await vault.newest(of: context.stream, isWhole: true).heads.first
        guard let newest,
            let reached = try await PostgresComponent.standing(of: newest, log: reader)
        else { return false }
        return !start.goesOn(from: LogPlace(reached.epoch, reached.end))
    }

    /// Begins to stream from a place.
    ///
    /// Who holds the lock of the stream's log is the only one of this host that receives it: a slot that is in use was so by
    /// the last one, until the server has noticed its end.
    static func start(
        _ session: ReplicationSession,
        _ slot: String?,
        at place: LogPlace
    ) async throws(Fault) {
        let began = ContinuousClock.now
        while true {
            do throws(Fault) {
                return try session.startReplication(
                    slot: slot,
                    from: place.position,
                    timeline: place.timeline
                )
            } catch
                where (error.cause as? ServerError)?.sqlState == inUse
                && began.duration(to: .now) < slotPatience
            {
                try await Cancellation.pause(.milliseconds(200), "go on receiving the log")
            }
        }
    }

    /// How long the server may take to notice that a connection has ended.
    private static let slotPatience = Duration.seconds(10)
    /// `ERRCODE_OBJECT_IN_USE`.
    private static let inUse = "55006"

    /// Whether a server still has its log from a place on that its slot does not keep, by asking for it.
    ///
    /// The slot of a server that has just been promoted is younger than the switch, and what lies between is still there.
    ///
    /// - Throws: `E-PG-UNREACHABLE` when it does not say, `E-CANCELLED`.
    static func isThere(
        _ place: LogPlace,
        _ settings: PostgresSettings,
        _ context: BackupContext
    ) throws(Fault) -> Bool {
        let connection = try PostgresLink.replication(settings)
        defer { connection.close() }
        let session = ReplicationSession(connection, timekeeper: context.clock)
        do throws(Fault) {
            try LogProbe.ask(session, for: place)
            return true
        } catch
            where error.code != .cancelled && error.code != .postgresUnreachable
        {
            return false
        }
    }
}
