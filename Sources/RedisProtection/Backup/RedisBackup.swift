internal import Model
internal import Protection
internal import RedisWire
internal import Vault

/// One backup of a server into a session.
struct RedisBackup {
    /// What the RDB is called in a snapshot.
    static let path = Array("dump.rdb".utf8)

    let address: RedisAddress
    let prefersReplica: Bool
    let patience: RedisPatience
    let session: BackupSession
    let context: BackupContext

    /// Streams the RDB into the session; nothing but one piece of it is held.
    func run() async throws(Fault) -> BackupDraft {
        context.progress(.phase("asking"))
        let report = try await ServerReport.ask(address, patience: patience, clock: context.clock)
        context.progress(.phase("reading"))
        let size = session.previous?.head.sizes.source
        if let size { context.progress(.total(size)) }
        var file = RecordWriter(session.chunks(sizeHint: size ?? 1 << 20, sizes: .records))
        var firstPiece: Instant?
        let source = try await source(report)
        let reader = RedisSnapshotReader(address: source?.address ?? address, patience: patience)
        let facts = try await reader.readRecords { piece, starts async throws(Fault) in
            firstPiece = firstPiece ?? context.clock.now()
            try await file.write(piece, starts)
            context.progress(.advanced(Int64(piece.count)))
        }
        // Only now is the RDB known to be whole; before, a fault gives the session up.
        let time = SnapshotMoment.bound(
            firstPiece: firstPiece ?? context.clock.now(),
            createdAt: facts.rdb.createdAt,
            clock: source == nil ? report.clock : source?.clock
        )
        var entry = ManifestEntry(path: Self.path, kind: .file, mode: 0o600)
        entry.modified = time
        try session.add(entry, content: try await file.finish())
        noteOddities(facts, report)
        var measured = RedisFact.facts(of: facts)
        if let source { measured[RedisFact.replica] = "\(source.address.endpoint)" }
        return BackupDraft(
            time: time,
            facts: report.facts.merging(measured) { _, measured in measured }
        )
    }

    /// A replica that sends the snapshot, and its clock.
    private struct Source {
        let address: RedisAddress
        let clock: ServerClock?
    }

    /// How long ago a replica may have confirmed how far it is; it does so every second.
    private static let longestSilence: Int64 = 10

    /// The replica that shall send the snapshot; nil for the server itself.
    ///
    /// The server must be a master and tell of one that is in step, and that one must confirm that it has the same data, and as much:
    /// its address is what it told the server, and may lead elsewhere from here. Anything else is noted, and the server sends it itself.
    private func source(_ report: ServerReport) async throws(Fault) -> Source? {
        guard prefersReplica else { return nil }
        guard let replication = report.replication else {
            note(
                "which replicas the server has is unknown, it was read itself; allow the user +info"
            )
            return nil
        }
        guard replication.link == nil else { return nil }
        let fit = replication.replicas.filter {
            $0.isOnline && ($0.silence ?? .max) <= Self.longestSilence
        }
        for replica in fit.sorted(by: { $0.behind < $1.behind }) {
            var candidate = address
            candidate.endpoint = replica.endpoint
            do throws(Fault) {
                let own = try await ServerReport.ask(
                    candidate,
                    patience: patience,
                    clock: context.clock
                )
                guard let doubt = replication.doubt(about: own.replication) else {
                    return Source(address: candidate, clock: own.clock)
                }
                note("replica \(replica.endpoint) \(doubt), it was passed over")
            } catch {
                guard error.code != .cancelled else { throw error }
                note("replica \(replica.endpoint) was passed over: \(error.message)")
            }
        }
        note("no replica is in step, the server was read itself")
        return nil
    }

    private func note(_ text: String) { context.progress(.note(text)) }

    private func noteOddities(_ facts: RedisSnapshotFacts, _ report: ServerReport) {
        if !facts.isDiskless {
            context.progress(
                .note(
                    "the server wrote its own dump file: it does not send its data straight from memory; "
                        + "set repl-diskless-sync yes to spare its disk"
                )
            )
        }
        if !facts.rdb.isChecksummed {
            context.progress(
                .note(
                    "the server sends no checksum, so only the structure was checked; set rdbchecksum yes"
                )
            )
        }
        if report.facts[RedisFact.appendOnly] == nil {
            context.progress(
                .note(
                    "whether the server has appendonly files is unknown, and a restore must be told; "
                        + "allow the user +config|get or +info"
                )
            )
        }
    }
}
