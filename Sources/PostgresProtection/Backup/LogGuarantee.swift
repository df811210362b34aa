internal import Model
internal import PostgresWire
internal import Protection
internal import Vault

/// Makes sure that the log of a base backup is in the vault before the backup is called good.
///
/// If another process of this host receives the log (`lifeboat run`), this waits for it; otherwise it receives the log
/// itself.
struct LogGuarantee {
    /// What was proven.
    struct Proof {
        /// A moment, by the server's clock, at or after which every target can be reached with this base.
        let consistent: Instant
    }

    let settings: PostgresSettings
    let context: BackupContext
    let slot: LogSlot
    /// How long another process may take until the log arrives.
    static let patience = Duration.seconds(120)

    /// Returns when the log from the copy's start to its stop is in the vault.
    ///
    /// - Throws: `E-PG-LOG` when it does not arrive, and what receiving throws.
    func prove(_ copy: CopiedCluster) async throws(Fault) -> Proof {
        let board = HeartbeatBoard()
        let beat = try? Pulse(PostgresLink.sql(settings)).beat()
        if let beat { board.add(beat) }
        let target = max(copy.stop, beat?.lsn ?? copy.stop)
        var serverTime = context.clock.now()
        do throws(Fault) {
            let receiver = try await LogReceiver(
                settings: settings,
                context: context,
                board: board,
                slot: slot,
                beginning: copy.start
            )
            defer { receiver.close() }
            try await receiver.run(upTo: target)
            serverTime = receiver.serverTime
        } catch  where error.code == .streamBusy {
            try await waitForOther(timeline: copy.timeline, target: target)
        }
        try await verify(copy)
        return Proof(consistent: beat?.time ?? max(serverTime, replayed() ?? serverTime))
    }

    /// When the newest transaction that a standby has replayed was committed, by the primary's clock, which may go
    /// before the standby's; nil on a primary.
    private func replayed() -> Instant? {
        guard let connection = try? PostgresLink.sql(settings) else { return nil }
        defer { connection.close() }
        let rows = try? connection.query(
            """
            SELECT (extract(epoch FROM pg_catalog.pg_last_xact_replay_timestamp()) * 1000000)::bigint
            WHERE pg_catalog.pg_is_in_recovery()
            """
        )
        guard let text = rows?.first?.first ?? nil, let time = Int64(text) else { return nil }
        return Instant(nanoseconds: time &* 1000)
    }

    private func waitForOther(timeline: UInt32, target: LSN) async throws(Fault) {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            let reader = try await LogReader(context.vault, stream: context.stream)
            let reach = reader.coverage(epoch: timeline).ranges.last?.upperBound ?? 0
            if reach >= target.value { return }
            guard ContinuousClock.now < deadline else {
                throw Fault(
                    .logMissing,
                    "unable to finish the backup of '\(context.stream.component)': the log up to \(target) has not arrived",
                    hints: ["Look at the `lifeboat run` that receives it: `lifeboat status`."]
                )
            }
            try await Cancellation.pause(.milliseconds(500), "finish the backup")
        }
    }

    private func verify(_ copy: CopiedCluster) async throws(Fault) {
        let reader = try await LogReader(context.vault, stream: context.stream)
        let reach = reader.coverage(epoch: copy.timeline).reach(from: copy.start.value) ?? 0
        guard reach >= copy.stop.value else {
            throw Fault(
                .logMissing,
                "unable to finish the backup of '\(context.stream.component)': the vault lacks the log from"
                    + " \(copy.start) to \(copy.stop)",
                hints: ["Run the backup again."]
            )
        }
    }
}
