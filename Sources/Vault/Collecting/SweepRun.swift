internal import Model
internal import ObjectStorage

/// One sweep: looks again, spares what is named or wanted now, deletes the rest.
///
/// What was seen holds for an hour of the clock that counts suspended time; then it looks again.
struct SweepRun {
    private let collector: Collector
    private let due: [VaultDocument<Tombstone>]
    private let decided: [StreamName: StreamDecisions]
    private let now: Instant
    private(set) var survey: Survey
    private(set) var swept = LedgerEntry.Swept()
    /// Snapshots that are to go, with their objects' sizes.
    private var forgetting: [SnapshotID: Int64] = [:]
    /// Snapshots that were seen and are not deleted.
    private var present: Set<SnapshotID> = []
    private var lookedAt = Duration.zero
    /// What was marked and is locked, by name.
    private var locked: Set<String> = []
    /// Streams of which a piece of log that was marked is locked.
    private var lockedLogs: Set<StreamName> = []
    /// What is known to be locked is not asked for; nil for a store without locks.
    private let locks: LockTable?

    /// How many objects are deleted at a time.
    private static let width = 8

    private var vault: Vault { collector.vault }

    init(
        _ collector: Collector,
        due: [VaultDocument<Tombstone>],
        survey: Survey,
        decided: [StreamName: StreamDecisions],
        now: Instant
    ) {
        self.collector = collector
        self.due = due
        self.survey = survey
        self.decided = decided
        self.now = now
        locks = collector.locks?.table(at: now)
    }

    /// Sweeps.
    mutating func run() async throws(Fault) {
        swept.tombstones = due.map(\.name.text)
        present = Set(survey.heads.map(\.id)).union(survey.refused.map(\.id))
        chooseSnapshots()
        let staying = survey.heads.filter { forgetting[$0.id] == nil }
        try await collector.notePacks(&survey, .surviving, of: staying)
        try await look()
        try await removeSnapshots()
        try await look()
        try await removePacks()
        try await removeLog()
        let followed = Set(
            survey.heads.flatMap { head in head.previous.map { "\(head.id.stream)/\($0.short)" } }
        )
        let explaining = survey.ledger.forgotten.filter { name in
            SnapshotID(name).map { followed.contains("\($0.stream)/\($0.short)") } ?? false
        }
        // Those that an interrupted sweep of the same tombstones deleted.
        let before = due.flatMap(\.content.forgets).filter { name in
            SnapshotID(name).map { !present.contains($0) } ?? false
        }
        swept.earlier = explaining.union(before).subtracting(swept.forgotten).sorted()
        swept.past = LogStretch.joined(survey.ledger.past + due.flatMap(\.content.log))
        let unfinished = due.filter { isLocked($0.content) }.map(\.name.text)
        swept.unfinished = unfinished.isEmpty ? nil : unfinished
    }

    /// Whether the store does not let go yet of something that a tombstone names.
    private func isLocked(_ mark: Tombstone) -> Bool {
        mark.forgets.contains { locked.contains($0) }
            || mark.packs.contains { locked.contains(VaultName.pack($0).objectName.text) }
            || mark.log.contains { lockedLogs.contains($0.stream) }
    }

    private mutating func leaveLocked(_ name: String) {
        swept.leaveLocked(name)
        locked.insert(name)
    }

    /// Snapshots of the tombstones that today's decision drops too.
    private mutating func chooseSnapshots() {
        var dropped: [SnapshotID: Int64] = [:]
        for stream in decided.values {
            for (head, decision) in zip(stream.heads, stream.decisions) where !decision.isKept {
                dropped[head.id] = head.objectBytes
            }
        }
        if collector.acceptsLosses {
            for (id, _) in survey.refused { dropped[id] = 0 }
        }
        for id in Set(due.flatMap(\.content.forgets)).compactMap({ SnapshotID($0) }) {
            if let bytes = dropped[id] {
                forgetting[id] = bytes
            } else if present.contains(id) {
                swept.spare(id.description)
            }
        }
    }

    /// Lists the snapshots anew: all that were seen must be there, and what new ones name stays; so does what is held.
    private mutating func look() async throws(Fault) {
        lookedAt = collector.clock.elapsed()
        let infos = try await Survey.snapshots(vault)
        let listed = Set(infos.map(\.id))
        if let missing = present.first(where: { !listed.contains($0) }) {
            throw Fault(
                .listingShort,
                "unable to collect in '\(vault.store.address)': two listings differ in '\(missing)'",
                hints: ["Nothing else was deleted. Try again when nobody else collects there."]
            )
        }
        for (id, info) in infos where !present.contains(id) {
            // A store that says that it deleted a snapshot and did not must not lose the packs of it.
            swept.forgotten.removeAll { $0 == id.description }
            try await keep(id, bytes: info.bytes, [.surviving, .kept])
        }
        let holds = try await vault.holds(at: now)
        for id in forgetting.keys.sorted() where holds[id] != nil {
            try await keep(id, bytes: forgetting[id] ?? 0, [.surviving, .kept])
            swept.spare(id.description)
        }
        try await checkAlone()
    }

    /// The tombstones are still there, and no other collector of this host carried one of them out.
    ///
    /// So what is deleted in the next hour is still marked: see ``Collector/aftermath``.
    private mutating func checkAlone() async throws(Fault) {
        var marks: Set<ObjectName> = []
        try await vault.store.list("\(DocumentFolder.collections.rawValue)/") {
            marks.insert($0.name)
        }
        try await survey.ledger.refresh(vault)
        guard
            let lost = due.first(where: {
                !marks.contains($0.name) || survey.ledger.done[$0.name.text] != nil
            })
        else { return }
        throw Fault(
            .streamBusy,
            "unable to go on collecting in '\(vault.store.address)': another collector of host"
                + " '\(collector.keys.host)' carried out '\(lost.name)' meanwhile",
            hints: ["Nothing else was deleted. Collect a copy from one machine; then try again."]
        )
    }

    /// Keeps a snapshot with everything that it names.
    private mutating func keep(
        _ id: SnapshotID,
        bytes: Int64,
        _ use: SurveyedPacks.Use
    ) async throws(Fault) {
        forgetting[id] = nil
        present.insert(id)
        do throws(Fault) {
            let snapshot = try await vault.acceptingRevoked.snapshot(id, objectBytes: bytes)
            survey.packs.note(snapshot.head.packs, use)
        } catch  where error.code.disposition == .corrupt {
            throw collector.unreadable(error, count: 1)
        }
    }

    private mutating func lookIfStale() async throws(Fault) {
        if collector.clock.elapsed() - lookedAt >= CommitProof.lifetime { try await look() }
    }

    /// Snapshots go first: a crash leaves packs that nobody names, never a snapshot without its packs.
    private mutating func removeSnapshots() async throws(Fault) {
        for id in forgetting.keys.sorted() {
            try await lookIfStale()
            guard let bytes = forgetting[id] else { continue }
            let stored = survey.heads.first { $0.id == id }?.stored
            do throws(Fault) {
                guard !isLocked(id.objectName, stored: stored) else {
                    throw Fault(.objectLocked, "unable to remove '\(id)': it is locked")
                }
                try await vault.store.remove(id.objectName)
            } catch  where error.code == .objectLocked {
                leaveLocked(id.description)
                // It stays given up: neither it nor its packs are locked for longer.
                try await keep(id, bytes: bytes, .surviving)
                continue
            }
            present.remove(id)
            swept.forgotten.append(id.description)
            swept.bytes += bytes
        }
    }

    private mutating func removePacks() async throws(Fault) {
        var marked: [Digest256: Instant] = [:]
        for document in due {
            for pack in document.content.packs {
                marked[pack] = max(marked[pack] ?? document.stored, document.stored)
            }
        }
        var rest = survey.packs.entries.indices.filter { index in
            let pack = survey.packs.entries[index]
            return marked[pack.id].map { pack.stored <= $0 } ?? false
        }[...]
        while !rest.isEmpty {
            try await lookIfStale()
            let batch = rest.prefix(Self.width)
            rest = rest.dropFirst(Self.width)
            let packs = batch.map { survey.packs.entries[$0] }
            var doomed: [(index: Int, name: ObjectName)] = []
            for (index, pack) in zip(batch, packs) {
                let name = VaultName.pack(pack.id).objectName
                if pack.use.contains(.surviving) {
                    swept.spare(name.text)
                } else if isLocked(name, stored: pack.stored) {
                    leaveLocked(name.text)
                } else {
                    doomed.append((index, name))
                }
            }
            for (index, _) in try await remove(doomed) {
                survey.packs.note(index, .gone)
                swept.packs += 1
                swept.bytes += survey.packs.entries[index].bytes
            }
        }
    }

    private mutating func removeLog() async throws(Fault) {
        let stretches = Dictionary(grouping: due.flatMap(\.content.log), by: \.stream)
        for (stream, stretches) in stretches.sorted(by: { $0.key < $1.key }) {
            let pieces = try await ListedPiece.all(of: stream, in: vault)
            let need = decided[stream]?.need
            let names = Set(pieces.map(\.name))
            let lockedBefore = swept.lockedCount
            let usable = stretches.filter { stretch in
                guard let whole = stretch.by else { return true }
                return names.contains(
                    VaultName.log(
                        stream,
                        epoch: stretch.epoch,
                        from: stretch.positions.lowerBound,
                        to: stretch.positions.upperBound,
                        short: whole
                    ).objectName
                )
            }
            let index = StretchIndex(usable)
            var rest = pieces.indices.filter { place in
                let present = pieces[place]
                let piece = present.piece
                if index.isHeld(piece) { return true }
                return index.isPast(piece)
                    && need?.needs(
                        epoch: piece.epoch,
                        piece.positions,
                        stored: present.stored
                    ) == false
            }[...]
            while !rest.isEmpty {
                try await lookIfStale()
                var batch: [(index: Int, name: ObjectName)] = []
                while batch.count < Self.width, let place = rest.popFirst() {
                    let piece = pieces[place]
                    if isLocked(piece.name, stored: piece.stored) {
                        leaveLocked(piece.name.text)
                    } else {
                        batch.append((place, piece.name))
                    }
                }
                for (place, _) in try await remove(batch) {
                    swept.log += 1
                    swept.bytes += pieces[place].piece.objectBytes
                }
            }
            if swept.lockedCount > lockedBefore { lockedLogs.insert(stream) }
        }
    }

    /// Whether an object is known to be locked still.
    private func isLocked(_ name: ObjectName, stored: Instant?) -> Bool {
        guard let end = locks?.end(of: name, stored: stored) else { return false }
        return end > now
    }

    /// Deletes some objects at once; tells which are gone, and notes which the store does not let go.
    private mutating func remove(
        _ objects: [(index: Int, name: ObjectName)]
    ) async throws(Fault) -> [(index: Int, name: ObjectName)] {
        let store = vault.store
        let faults = await withTaskGroup(of: (Int, Fault?).self) { group in
            for (place, object) in objects.enumerated() {
                group.addTask {
                    do throws(Fault) {
                        try await store.remove(object.name)
                        return (place, nil)
                    } catch { return (place, error) }
                }
            }
            var faults: [Int: Fault] = [:]
            for await (place, fault) in group { faults[place] = fault }
            return faults
        }
        var gone: [(index: Int, name: ObjectName)] = []
        for (place, object) in objects.enumerated() {
            guard let fault = faults[place] else {
                gone.append(object)
                continue
            }
            guard fault.code == .objectLocked else { throw fault }
            leaveLocked(object.name.text)
        }
        return gone
    }
}
