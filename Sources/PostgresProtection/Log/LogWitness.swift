package import Model
internal import PostgresWire
package import Protection
internal import Vault

/// Proves that the log which another process stores is the one that a backup's server has.
///
/// That process proved it when it connected (``LogProof``). It may still be connected to a server that was set back to an older state of its disk
/// meanwhile, or to another copy of it, and would not notice for as long as nobody tells. Its maps, and the log in the vault, are then of another
/// log over the same positions.
package struct LogWitness {
    private let settings: PostgresSettings
    private let context: BackupContext
    /// How long the server may take for the next piece.
    private static let patience = Duration.seconds(15)

    /// Prepares; nothing is asked.
    package init(_ settings: PostgresSettings, _ context: BackupContext) {
        self.settings = settings
        self.context = context
    }

    /// Compares the segment that ends at `target`, or holds it, as far as the server has it: it must have been logged since the backup began.
    ///
    /// The vault has no more of a primary's log than that has itself. Of a standby's it may, and pieces that reach beyond what the standby
    /// has are not compared.
    ///
    /// - Throws: `E-WAL-DIFFERS` when the vault holds another log; `E-PG-…`, and what reading heads throws. A segment that the server no
    ///   longer has is a fault too.
    package func compare(_ timeline: UInt32, around target: LSN) async throws(Fault) {
        // Before the server is asked, which by then has all of it.
        let reader = try await LogReader(context.vault, stream: context.stream)
        let reach = LSN(reader.coverage(epoch: timeline).ranges.last?.upperBound ?? 0)
        let connection = try PostgresLink.replication(settings)
        defer { connection.close() }
        let session = ReplicationSession(connection, timekeeper: context.clock)
        let server = try session.identifySystem()
        // Asked of PostgreSQL 13, which does not know it, it tells nothing.
        let isPrimary = (try? session.show("in_hot_standby")) == "off"
        if isPrimary, server.timeline == timeline, reach > server.position {
            throw differs("the vault's log reaches to \(reach), the server's to \(server.position)")
        }
        let size = try PostgresLink.segmentSize(session)
        let begin = LSN((max(target.value, 1) - 1) / size.bytes * size.bytes)
        let end = min(begin + size.bytes, max(server.position, begin))
        guard end > begin else { return }
        let input = LogInput(
            source: String(server.systemIdentifier),
            epoch: timeline,
            from: begin.value,
            bytes: try read(session, timeline, from: begin, to: end),
            time: context.clock.now(),
            heartbeat: nil,
            facts: ["segment_bytes": String(size.bytes)]
        )
        let writer = try LogWriter(
            context.vault,
            keys: context.keys,
            stream: context.stream,
            kind: .postgresql,
            role: .witness,
            state: context.state
        )
        if case .other(let object) = try await writer.holding(of: input, in: LogIndex(reader)) {
            throw differs(
                "what the server has from \(begin) on differs from '\(object)' of the vault"
            )
        }
    }

    /// The server's log of a stretch; less of it where it has left the timeline.
    private func read(
        _ session: ReplicationSession,
        _ timeline: UInt32,
        from begin: LSN,
        to end: LSN
    ) throws(Fault) -> [UInt8] {
        try session.startReplication(slot: nil, from: begin, timeline: timeline)
        var bytes: [UInt8] = []
        let count = Int(end - begin)
        while bytes.count < count {
            switch try session.nextMessage(waitingUpTo: Self.patience) {
            case .wal(_, let piece, _, _): bytes += piece.prefix(count - bytes.count)
            case .keepalive: continue
            case .endOfTimeline: return bytes
            case nil:
                throw Fault(
                    .postgresUnreachable,
                    "unable to read the log of '\(context.stream.component)' from \(begin) on: the server does not send it"
                )
            }
        }
        return bytes
    }

    private func differs(_ fact: String) -> Fault {
        Fault(
            .walDiffers,
            "unable to back up '\(context.stream.component)': another process receives the log of another server: \(fact)",
            hints: [
                "End the `lifeboat run` that receives it, and start it again.", LogReceiver.advice,
            ]
        )
    }
}
