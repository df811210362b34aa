internal import Model
internal import ObjectStorage

extension Collector {
    /// Writes tombstones for what may go and is in none of this host's yet; `done` are those that were carried out
    /// a moment ago.
    func mark(
        _ survey: Survey,
        _ decided: [StreamName: StreamDecisions],
        _ logs: [LogPlan],
        without done: Set<ObjectName>,
        now: Instant,
        _ report: inout CollectionReport
    ) async throws(Fault) {
        let pending = survey.open.filter { isPast($0) }
        let settled = Set(pending.flatMap(\.content.forgets)).union(report.swept.spared)
        var forgets = decided.values.flatMap { stream in
            zip(stream.heads, stream.decisions).filter { !$0.1.isKept }.map(\.0.id.description)
        }
        if acceptsLosses { forgets += survey.refused.map(\.id.description) }
        let open = pending.filter { !done.contains($0.name) }
        let marked = Set(open.flatMap(\.content.forgets))
        forgets = forgets.filter { !settled.contains($0) }.sorted()
        forgets += report.swept.locked.filter { SnapshotID($0) != nil && !marked.contains($0) }
        report.markedSnapshots = forgets.count
        var tombstones = Tombstones()
        for name in forgets { tombstones.add { $0.forgets.append(name) } }
        let isQuiet = isQuiet(survey, now: now)
        let known = Set(open.flatMap(\.content.packs))
        for pack in survey.packs.entries
        where pack.use.isDisjoint(with: [.kept, .gone]) && mayGo(pack, isQuiet: isQuiet, now: now)
            && !known.contains(pack.id)
        {
            tombstones.add { $0.packs.append(pack.id) }
            report.markedPacks.add(pack.bytes)
        }
        let stretches = pending.flatMap(\.content.log)
        for log in logs {
            let log = log.without(stretches)
            for piece in log.past { report.markedLog.add(piece.piece.objectBytes) }
            for part in log.covered.flatMap(\.parts) {
                report.markedLog.add(part.piece.objectBytes)
            }
            for stretch in log.pastStretches + (try await log.coveredStretches(vault)) {
                tombstones.add { $0.log.append(stretch) }
            }
        }
        for tombstone in tombstones.documents {
            try await vault.publish(tombstone, in: .collections, keys: keys, at: clock.now())
            report.due = now + Self.grace
        }
    }

    /// Whether this host will sweep a tombstone of its own: one from the future waits for a clock that was wrong.
    private func isPast(_ document: VaultDocument<Tombstone>) -> Bool {
        document.time <= clock.now() + .seconds(3_600)
    }

    /// Tombstones that fill up one after the other.
    private struct Tombstones {
        var documents: [Tombstone] = []

        mutating func add(_ change: (inout Tombstone) -> Void) {
            if (documents.last?.count ?? Tombstone.largestList) >= Tombstone.largestList {
                documents.append(Tombstone())
            }
            change(&documents[documents.count - 1])
        }
    }
}
