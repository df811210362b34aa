internal import Model
internal import Protection
internal import RedisWire
internal import Vault

/// One backup of a server into a session.
struct RedisBackup {
    /// What the RDB is called in a snapshot.
    static let path = Array("dump.rdb".utf8)

    let address: RedisAddress
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
        let file = session.chunks(sizeHint: size ?? 1 << 20)
        var firstPiece: Instant?
        let reader = RedisSnapshotReader(address: address, patience: patience)
        let facts = try await reader.read { piece async throws(Fault) in
            firstPiece = firstPiece ?? context.clock.now()
            try await file.write(piece[...])
            context.progress(.advanced(Int64(piece.count)))
        }
        // Only now is the RDB known to be whole; before, a fault gives the session up.
        let time = SnapshotMoment.bound(
            firstPiece: firstPiece ?? context.clock.now(),
            createdAt: facts.rdb.createdAt,
            clock: report.clock
        )
        var entry = ManifestEntry(path: Self.path, kind: .file, mode: 0o600)
        entry.modified = time
        try session.add(entry, content: try await file.finish())
        noteOddities(facts, report)
        return BackupDraft(
            time: time,
            facts: report.facts.merging(RedisFact.facts(of: facts)) { _, measured in measured }
        )
    }

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
