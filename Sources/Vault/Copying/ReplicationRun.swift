internal import Model
internal import ObjectStorage

/// One replication on its way.
///
/// Used by one task.
final class ReplicationRun {
    /// How often the target is listed again when that took too long; once more follows the head then.
    private static let proofs = 3

    let plan: Replication
    var report = ReplicationReport()
    var ledger = CollectionLedger()
    /// The packs of the target, by a listing.
    private var packs: [Digest256: Int64] = [:]
    private var provenAt: Duration?
    private var brokenPacks: Set<Digest256> = []
    /// The packs that the snapshots name which were written, where they have to stay locked.
    private var named: Set<Digest256> = []
    /// The log of the source, by stream.
    var sourceLog: [StreamName: [VaultName]] = [:]
    /// The log of the target, by stream; what was copied is added.
    var targetLog: [StreamName: Set<VaultName>] = [:]

    init(_ plan: Replication) { self.plan = plan }

    var source: Vault { plan.source }
    var target: Vault { plan.target }

    /// Copies everything.
    func everything(_ progress: (ReplicationReport) -> Void) async throws(Fault) {
        try target.checkWritable()
        try await copyHosts()
        try await ledger.refresh(target)
        try await listLogs()
        if plan.choice.takesLog {
            try await copyLog(progress)
        } else {
            try await copyHistories(progress)
        }
        try await prove()
        var batch = ReplicationBatch()
        for id in try await wantedSnapshots() {
            try Self.checkCancellation()
            guard let snapshot = try await snapshot(id), !hasToWait(snapshot) else { continue }
            add(snapshot, to: &batch)
            guard
                batch.bytes >= plan.options.batchBytes
                    || batch.heads.count >= plan.options.batchHeads
            else { continue }
            try await finish(batch, progress)
            batch = ReplicationBatch()
        }
        try await finish(batch, progress)
        for folder in [DocumentFolder.reports, .holds] { try await copyDocuments(folder, progress) }
    }

    static func checkCancellation() throws(Fault) {
        guard Task.isCancelled else { return }
        throw Fault(.cancelled, "unable to go on copying: it was cancelled")
    }

    private func copyHosts() async throws(Fault) {
        var present: Set<ObjectName> = []
        try await target.store.list("hosts/") { present.insert($0.name) }
        for document in source.hostDocuments where !present.contains(document.name) {
            try await target.store.put(document.name, document.bytes)
            report.documents += 1
        }
    }

    /// The snapshot of the source, proven; nil, and reported, when it is damaged.
    func snapshot(_ id: SnapshotID) async throws(Fault) -> Snapshot? {
        try await wholeSnapshot(id)?.snapshot
    }

    /// The same with its object's bytes.
    private func wholeSnapshot(
        _ id: SnapshotID
    ) async throws(Fault) -> (snapshot: Snapshot, bytes: [UInt8])? {
        do throws(Fault) {
            let name = VaultName.snapshot(id.stream, seq: id.seq, short: id.short)
            let bytes = try await source.wholeObject(name)
            return (try source.provenSnapshot(bytes, id), bytes)
        } catch  where error.code == .revoked {
            report.revoked += 1
            return nil
        } catch  where error.code == .misplaced {
            report.misplaced += 1
            return nil
        } catch
            where error.code.disposition == .corrupt || error.code == .objectMissing
        {
            report.note(ReplicationReport.Finding(id.description, error))
            return nil
        }
    }

    private func add(_ snapshot: Snapshot, to batch: inout ReplicationBatch) {
        batch.heads.append((snapshot.id, plan.choice.need(snapshot)))
        for pack in snapshot.head.packs
        where packs[pack.id] != Int64(pack.bytes) && !brokenPacks.contains(pack.id)
            && batch.packs.insert(pack.id).inserted
        { batch.bytes += Int64(pack.bytes) }
    }

    /// Copies the packs of a batch, proves them, and writes the heads that may be written.
    private func finish(
        _ batch: ReplicationBatch,
        _ progress: (ReplicationReport) -> Void
    ) async throws(Fault) {
        guard !batch.heads.isEmpty else { return }
        if !plan.choice.takesLog { try await copyLog(for: batch.needs, progress) }
        try await transfer(batch.packs.sorted().map { .pack($0) }) { name, outcome in
            if case .pack(let id) = name, case .refused = outcome { self.brokenPacks.insert(id) }
            if case .copied = outcome { self.report.packs += 1 }
            progress(self.report)
        }
        try await listTargetLog(of: Set(batch.needs.map(\.stream)))
        provenAt = nil
        for (id, need) in batch.heads {
            try Self.checkCancellation()
            guard let (snapshot, bytes) = try await wholeSnapshot(id) else { continue }
            for _ in 0..<Self.proofs where !isFresh { try await prove() }
            guard try isProven(snapshot), hasLog(need, of: snapshot) else { continue }
            try await write(snapshot, bytes)
            progress(report)
        }
    }

    /// Whether the target was listed less than an hour ago: what was there then is there now.
    private var isFresh: Bool {
        provenAt.map { plan.bootTime() - $0 < plan.options.proofLife } ?? false
    }

    /// Lists what the target holds.
    private func prove() async throws(Fault) {
        let now = plan.bootTime()
        // Tombstones before packs: one that is gone by now was carried out, and the listing shows what is left.
        try await ledger.refresh(target)
        var packs: [Digest256: Int64] = [:]
        try await target.store.list("packs/") { info in
            if case .pack(let id) = VaultName(info.name) { packs[id] = info.bytes }
        }
        self.packs = packs
        provenAt = now
    }

    /// Whether the last listing shows every pack of a snapshot, with its size and not about to be deleted.
    private func isProven(_ snapshot: Snapshot) throws(Fault) -> Bool {
        guard !hasToWait(snapshot) else { return false }
        for pack in snapshot.head.packs {
            let name = VaultName.pack(pack.id).objectName.text
            guard packs[pack.id] != Int64(pack.bytes) else { continue }
            if brokenPacks.contains(pack.id) {
                report.note(
                    ReplicationReport.Finding(
                        snapshot.id.description,
                        "it needs pack '\(name)', which '\(source.store.address)' does not hold whole"
                    )
                )
                return false
            }
            guard packs[pack.id] == nil else {
                report.note(
                    ReplicationReport.Finding(
                        snapshot.id.description,
                        "pack '\(name)' has another size than it says"
                    )
                )
                return false
            }
            throw vanished(name)
        }
        return true
    }

    /// Whether a collector of the target may still delete a pack of a snapshot, be it there or not; it is reported then.
    ///
    /// The mark stays for half a day after it was carried out.
    private func hasToWait(_ snapshot: Snapshot) -> Bool {
        guard let pack = snapshot.head.packs.first(where: { ledger.condemns($0.id) }) else {
            return false
        }
        let name = VaultName.pack(pack.id).objectName.text
        report.waiting.append(
            ReplicationReport.Finding(
                snapshot.id.description,
                "'\(target.store.address)' gives up pack '\(name)', which it needs; it can come when a collection there"
                    + " has taken the mark away"
            )
        )
        return true
    }

    private func vanished(_ name: String) -> Fault {
        Fault(
            .vanished,
            "unable to copy to '\(target.store.address)': '\(name)' is not there after it was stored",
            hints: ["Look at the store's own log, then copy again."]
        )
    }

    /// Writes the head of a snapshot whose packs are proven, and looks whether it is there.
    ///
    /// When that took so long that the proof does not hold any more, it looks for the packs once more: a collector that
    /// listed the heads before may be about to delete one that is there.
    private func write(_ snapshot: Snapshot, _ bytes: [UInt8]) async throws(Fault) {
        let id = snapshot.id
        let name = VaultName.snapshot(id.stream, seq: id.seq, short: id.short).objectName
        _ = try await ObjectTransfer(source: source, target: target).write(bytes, name)
        guard try await target.store.status(name)?.bytes == snapshot.objectBytes
        else { throw vanished(id.description) }
        if !isFresh {
            try await prove()
            if let gone = snapshot.head.packs.first(where: { packs[$0.id] != Int64($0.bytes) }) {
                throw vanished(VaultName.pack(gone.id).objectName.text)
            }
            if snapshot.head.packs.contains(where: { ledger.condemns($0.id) }) {
                throw Fault(
                    .doomed,
                    "unable to copy to '\(target.store.address)': storing '\(id)' took longer than an hour, and a pack"
                        + " that it needs is about to be deleted",
                    hints: [
                        "It may lack something; find out with `lifeboat check`, and copy again."
                    ]
                )
            }
        }
        report.bytes += ByteCount(bytes.count)
        report.snapshots.append(id)
        if plan.locks != nil { named.formUnion(snapshot.head.packs.map(\.id)) }
    }

    /// Prolongs the locks of what the snapshots need that were written, some of it stored long ago.
    func prolongLocks() async {
        guard let locks = plan.locks, !report.snapshots.isEmpty else { return }
        do throws(Fault) {
            report.locks = try await locks.keep(packs: named, of: report.snapshots)
        } catch { report.lockFault = error }
    }

    private func copyDocuments(
        _ folder: DocumentFolder,
        _ progress: (ReplicationReport) -> Void
    ) async throws(Fault) {
        let prefix = "\(folder.rawValue)/"
        var present: Set<ObjectName> = []
        try await target.store.list(prefix) { present.insert($0.name) }
        var missing: [VaultName] = []
        try await source.store.list(prefix) { info in
            guard !present.contains(info.name), let name = VaultName(info.name),
                case .document = name
            else { return }
            missing.append(name)
        }
        try await transfer(missing) { _, outcome in
            if case .copied = outcome { self.report.documents += 1 }
            progress(self.report)
        }
    }
}
