internal import Model
internal import ObjectStorage
internal import Sealing

extension VaultCheck {
    /// Verifies the head of every snapshot, and that what it names is there.
    mutating func checkHeads(_ progress: (CheckReport) -> Void) async throws(Fault) {
        let known = vault.heard.count
        var good: [(id: SnapshotID, by: String)] = []
        for index in inventory.snapshots.indices {
            let (id, bytes) = inventory.snapshots[index]
            _ = try await finding(id.description, .listing) { check async throws(Fault) in
                let snapshot = try await check.vault.snapshot(id, objectBytes: bytes)
                try check.place(id.seq, in: "snapshots/\(id.stream)", object: id.description)
                check.chain.add(snapshot)
                // They come in the order of their numbers.
                if check.report.newest[id.stream]?.first?.seq == id.seq {
                    check.report.newest[id.stream]?.append(id)
                } else {
                    check.report.newest[id.stream] = [id]
                }
                good.append((id, snapshot.head.by))
                check.report.snapshots += 1
                try await check.checkPacks(of: snapshot)
                check.checkHost(of: snapshot)
                if snapshot.head.kind == .postgresql,
                    let log = BaseLog(facts: snapshot.head.facts)
                {
                    check.bases.append((id, log))
                }
            }
            if misplaced[id.description] == nil { chain.know(id) }
            if report.depth == .listing {
                report.objects += 1
                report.bytes += ByteCount(bytes)
            }
            progress(report)
        }
        if vault.heard.count > known { try await checkAgain(good) }
    }

    /// Looks once more at heads that were good, when later ones told that a key is revoked.
    private mutating func checkAgain(
        _ good: [(id: SnapshotID, by: String)]
    ) async throws(Fault) {
        var newest: [StreamName: [SnapshotID]] = [:]
        var refused: Set<SnapshotID> = []
        defer { bases.removeAll { refused.contains($0.id) } }
        for (id, by) in good {
            guard !vault.refuses(id, by: by) else {
                refused.insert(id)
                _ = try await finding(id.description, .listing) { _ throws(Fault) in
                    throw .revoked(id.description, host: id.stream.host)
                }
                continue
            }
            if newest[id.stream]?.first?.seq == id.seq {
                newest[id.stream]?.append(id)
            } else {
                newest[id.stream] = [id]
            }
        }
        report.newest = newest
    }

    /// Whether the number of a trusted object lies in the row of its stream or folder; they come in the order of numbers.
    mutating func place(_ number: UInt64, in place: String, object: String) throws(Fault) {
        guard rows[place, default: NumberRow()].add(number) else { throw .outOfPlace(object) }
    }

    private mutating func checkPacks(of snapshot: Snapshot) async throws(Fault) {
        for pack in snapshot.head.packs {
            let name = VaultName.pack(pack.id).objectName
            let bytes: Int64
            if let index = inventory.packs.find(pack.id) {
                bytes = inventory.packs.sizes[index]
                guard inventory.packs.name(index) else { continue }
            } else {
                guard missing.insert(pack.id).inserted else { continue }
                guard let late = try await lateBytes(of: pack.id) else {
                    note(name.text, "it is missing; \(snapshot.id) needs it", .listing)
                    continue
                }
                bytes = late
            }
            guard bytes != Int64(pack.bytes) else { continue }
            note(name.text, "it is \(bytes) bytes long, not \(pack.bytes)", .listing)
        }
    }

    /// How many packs that were not listed are asked for one by one, before all are listed once more.
    private static let askedSingly = 16

    /// The size of a pack that was stored while the vault was listed, snapshots behind packs; nil when it is not there.
    private mutating func lateBytes(of id: Digest256) async throws(Fault) -> Int64? {
        if let latePacks { return latePacks[id] }
        guard missing.count > Self.askedSingly else {
            return try await vault.store.status(VaultName.pack(id).objectName)?.bytes
        }
        let listed = inventory.packs
        var found: [Digest256: Int64] = [:]
        try await vault.store.list("packs/") { info in
            guard case .pack(let id) = VaultName(info.name), listed.find(id) == nil else { return }
            found[id] = info.bytes
        }
        latePacks = found
        return found[id]
    }

    /// Whether `hosts/` still has the document of the key that signed a head; the head carries a copy along.
    private mutating func checkHost(of snapshot: Snapshot) {
        guard let text = snapshot.head.enrolment, !enrolments.contains(text) else { return }
        enrolments.insert(text)
        let object = "hosts/\(snapshot.head.host)"
        guard let enrolment = try? vault.enrolment(Array(text.utf8), object: object) else { return }
        guard !vault.enrolments.contains(where: { $0.name == enrolment.name }) else { return }
        note(
            VaultName.host(enrolment.host, number: enrolment.number).objectName.text,
            "it is missing; the heads that its key signed carry a copy of it, such as \(snapshot.id)",
            .listing
        )
    }

    /// Whether what is there under another name is the newest of its stream, and not there under its own: a hole would show
    /// an older one.
    mutating func checkMoved() {
        let present = Set(inventory.snapshots.lazy.map(\.id))
        for (object, own) in misplaced.sorted(by: { $0.key < $1.key }) {
            guard case .snapshot(let stream, let seq, let short) = own else { continue }
            let id = SnapshotID(stream: stream, seq: seq, short: short)
            let newest = report.newest[stream]?.first?.seq ?? 0
            guard seq > newest, !present.contains(id), !forgotten.contains(id.description) else {
                continue
            }
            note(id.description, "it is missing, and there as '\(object)' only", .listing)
        }
    }

    /// Whether the newest snapshots that the host stored or saw are still there.
    mutating func checkRemembered() {
        let present = Set(inventory.snapshots.lazy.map(\.id))
        for id in request.remembered
        where !present.contains(id) && !forgotten.contains(id.description) {
            note(
                id.description,
                "this host stored or saw it, and it is gone: it was deleted, or an older state of the vault was put back",
                .listing
            )
        }
    }
}
