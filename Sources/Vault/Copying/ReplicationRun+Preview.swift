public import Model
internal import ObjectStorage

extension ReplicationRun {
    /// Finds out what ``everything(_:)`` would copy, and writes nothing.
    func preview() async throws(Fault) -> ReplicationPreview {
        try target.checkWritable()
        try await ledger.refresh(target)
        var preview = ReplicationPreview()
        var present: Set<Digest256> = []
        try await target.store.list("packs/") { info in
            if case .pack(let id) = VaultName(info.name) { present.insert(id) }
        }
        var needs: [(stream: StreamName, span: LogSpan)] = []
        for id in try await wantedSnapshots() {
            try Self.checkCancellation()
            guard let snapshot = try await snapshot(id) else { continue }
            preview.snapshots.append(id)
            preview.bytes += ByteCount(snapshot.objectBytes)
            if let need = plan.choice.need(snapshot) { needs.append((id.stream, need)) }
            for pack in snapshot.head.packs where present.insert(pack.id).inserted {
                preview.packs += 1
                preview.bytes += ByteCount(pack.bytes)
            }
        }
        try await listLogs()
        preview.logPieces = missingLog(for: needs)
        preview.damage = report.damage
        return preview
    }
}

extension Replication {
    /// Finds out what a copy that is not there yet would get, and writes nothing.
    ///
    /// - Throws: what the store throws; damage is in the result.
    public static func preview(
        ofAll source: Vault,
        choice: CopyChoice = CopyChoice()
    ) async throws(Fault) -> ReplicationPreview {
        let nothing = Vault(
            store: EmptyStore(),
            id: source.id,
            environment: source.environment,
            operatorKey: source.operatorKey,
            enrolments: [],
            refusedHosts: [],
            unknownWriteFeatures: [],
            unknownCollectFeatures: []
        )
        return try await Replication(from: source, to: nothing, choice: choice).preview()
    }

    /// Finds out what ``run(progress:)`` would copy, and writes nothing.
    ///
    /// Requests: the listings of both sides, and one read for each snapshot that would be copied.
    ///
    /// - Throws: what the stores throw; damage is in the result.
    public func preview() async throws(Fault) -> ReplicationPreview {
        try await ReplicationRun(self).preview()
    }
}
