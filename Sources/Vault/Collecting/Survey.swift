internal import Model
internal import ObjectStorage

/// What a collector sees of a vault before it decides anything.
///
/// Packs are listed before heads are read, so that a pack whose head is stored meanwhile is either too young or named.
/// Memory: some hundred bytes a snapshot, 56 a pack.
struct Survey {
    /// The verified snapshots, by id.
    var heads: [SurveyedHead] = []
    /// The packs; those that a snapshot names are noted.
    var packs: SurveyedPacks
    /// Snapshot objects that could not be read, one fault each.
    private(set) var refused: [(id: SnapshotID, fault: Fault)] = []
    /// Those of them that are other snapshots under a name which is not their own: whoever copied them there stops nothing.
    private var strays: Set<SnapshotID> = []
    /// What is about to be deleted, by whomever.
    let tombstones: PendingTombstones
    /// What this collector wrote down last.
    var ledger: Ledger

    /// Looks at a vault.
    ///
    /// - Throws: `E-GC-LISTING`, `E-GC-VANISHED`, and what the store throws.
    init(_ vault: Vault, host: String, acceptingLosses: Bool) async throws(Fault) {
        tombstones = try await vault.pendingTombstones()
        ledger = try await Ledger(vault, host: host)
        packs = try await SurveyedPacks(vault)
        let infos = try await Self.snapshots(vault)
        let names = Set(infos.map(\.id))
        try await checkComplete(names, vault, acceptingLosses: acceptingLosses)
        for (id, info) in infos {
            do throws(Fault) {
                let snapshot = try await vault.acceptingRevoked.snapshot(
                    id,
                    objectBytes: info.bytes
                )
                heads.append(
                    SurveyedHead(
                        snapshot,
                        stored: info.modified,
                        isWhole: packs.note(snapshot.head.packs, .snapshot),
                        isRevoked: vault.refuses(id, by: snapshot.head.by)
                    )
                )
            } catch  where error.code.disposition == .corrupt {
                refused.append((id, error))
            }
        }
        strays = strays(names)
        setAside(vault)
        try await checkChains(names, vault)
    }

    /// Lets snapshots whose numbers are out of place take no other's place, as if a revoked key had signed them.
    private mutating func setAside(_ vault: Vault) {
        // A head that came later may have told that the key of an earlier one is revoked.
        for index in heads.indices where vault.refuses(heads[index].id, by: heads[index].by) {
            heads[index].isRevoked = true
        }
        let rows = Dictionary(grouping: heads.lazy.filter { !$0.isRevoked }, by: \.id.stream)
            .mapValues { NumberRow($0.lazy.map(\.id.seq)) }
        for index in heads.indices
        where rows[heads[index].id.stream]?.contains(heads[index].id.seq) == false {
            heads[index].isRevoked = true
        }
    }

    /// What was refused since it is another snapshot under a name that is not its own, which is there, or older than one that
    /// is: so it is not the newest, moved away.
    private func strays(_ names: Set<SnapshotID>) -> Set<SnapshotID> {
        var newest: [StreamName: UInt64] = [:]
        for head in heads { newest[head.id.stream] = max(newest[head.id.stream] ?? 0, head.id.seq) }
        var strays: Set<SnapshotID> = []
        for (id, fault) in refused {
            guard case .snapshot(let stream, let seq, let short) = fault.own else { continue }
            let own = SnapshotID(stream: stream, seq: seq, short: short)
            if names.contains(own) || seq <= newest[stream] ?? 0 { strays.insert(id) }
        }
        return strays
    }

    /// Those that were refused and may be a loss.
    var unreadable: [(id: SnapshotID, fault: Fault)] { refused.filter { !strays.contains($0.id) } }

    /// This host's tombstones that nobody carried out yet.
    var open: [VaultDocument<Tombstone>] {
        tombstones.documents.filter { $0.host == ledger.host && ledger.done[$0.name.text] == nil }
    }

    /// The snapshot objects of a vault, by id.
    static func snapshots(
        _ vault: Vault
    ) async throws(Fault) -> [(id: SnapshotID, info: ObjectInfo)] {
        var found: [(id: SnapshotID, info: ObjectInfo)] = []
        try await vault.store.list("snapshots/") { info in
            guard case .snapshot(let stream, let seq, let short) = VaultName(info.name) else {
                return
            }
            found.append((SnapshotID(stream: stream, seq: seq, short: short), info))
        }
        return found.sorted { $0.id < $1.id }
    }

    /// Every snapshot of the last inventory must be listed, unless somebody wrote down that it was given up.
    private func checkComplete(
        _ names: Set<SnapshotID>,
        _ vault: Vault,
        acceptingLosses: Bool
    ) async throws(Fault) {
        let given = Set(tombstones.documents.flatMap(\.content.forgets))
            .union(ledger.forgotten)
        var lost: [String] = []
        for name in (ledger.heads ?? []).sorted() {
            guard let id = SnapshotID(name), !names.contains(id) else { continue }
            try await checkAbsent(id, vault)
            if !given.contains(name) { lost.append(name) }
        }
        guard !lost.isEmpty, !acceptingLosses else { return }
        throw Fault(
            .headsVanished,
            "unable to collect in '\(vault.store.address)': \(lost.count) snapshots that were here are gone,"
                + " the first is '\(lost[0])'",
            hints: [
                "Bring them back from another copy with `lifeboat copy`.",
                "If they were deleted on purpose, go on with --accept-losses.",
            ]
        )
    }

    /// What a snapshot follows is listed, or is really not there.
    private func checkChains(_ names: Set<SnapshotID>, _ vault: Vault) async throws(Fault) {
        let seen = ledger.heads ?? []
        for head in heads where head.id.seq > 1 && !seen.contains(head.id.description) {
            for digest in head.previous {
                let id = SnapshotID(
                    stream: head.id.stream,
                    seq: head.id.seq - 1,
                    short: digest.short
                )
                if !names.contains(id) { try await checkAbsent(id, vault) }
            }
        }
    }

    private func checkAbsent(_ id: SnapshotID, _ vault: Vault) async throws(Fault) {
        guard try await vault.store.status(id.objectName) != nil else { return }
        throw Fault(
            .listingShort,
            "unable to collect in '\(vault.store.address)': its listing does not show '\(id)', which is there",
            hints: [
                "Nothing was deleted. Try again; if it stays so, the store is not to be trusted."
            ]
        )
    }
}
