public import Model
internal import ObjectStorage

extension Vault {
    /// What earlier checks of this vault found, and what they verified.
    ///
    /// One listing, and one read for each document since every byte was last verified.
    ///
    /// - Throws: what the store throws; damaged and forged documents are named in the result.
    public func checkHistory() async throws(Fault) -> CheckHistory {
        try await checkHistory { $0.isComplete && $0.coverage.isWhole }
    }

    /// The packs that the newest word about them calls damaged; nil when there are too many to name.
    ///
    /// One listing and, while no damage is known, one read.
    func damagedPacks() async throws(Fault) -> Set<Digest256>? {
        let history = try await checkHistory { $0.isComplete }
        guard !history.isOverfull else { return nil }
        var packs: Set<Digest256> = []
        for finding in history.open {
            if let name = ObjectName(finding.object), case .pack(let id) = VaultName(name) {
                packs.insert(id)
            }
        }
        return packs
    }

    /// Adds what was written since to a history.
    func update(_ history: inout CheckHistory) async throws(Fault) {
        let known = history.number
        var newer: [VaultDocument<CheckRecord>] = []
        _ = try await newestDocuments(of: .checks, as: CheckRecord.self, while: { $0 > known }) {
            if $0.content.isSound { newer.append($0) }
        }
        for document in newer.reversed() {
            history.add(newer: document.content, number: document.number, at: document.time)
        }
    }

    /// Every snapshot and pack that a trusted document under `gc/` names, and every snapshot that one under `ledger/` does.
    func deletedNames() async throws(Fault) -> Set<String> {
        var names: Set<String> = []
        for document in try await documents(of: .collections, as: Tombstone.self).found {
            names.formUnion(document.content.forgets)
            names.formUnion(document.content.packs.map { VaultName.pack($0).objectName.text })
        }
        for document in try await documents(of: .ledger, as: LedgerEntry.self).found {
            names.formUnion(document.content.swept?.given ?? [])
        }
        return names
    }

    /// Whether a snapshot that was there is gone without a trusted document that forgot it.
    ///
    /// One request; when it is gone, also one listing and one read for each document of collections.
    ///
    /// - Throws: what the store throws.
    public func hasLost(_ id: SnapshotID) async throws(Fault) -> Bool {
        let name = VaultName.snapshot(id.stream, seq: id.seq, short: id.short).objectName
        guard try await store.status(name) == nil else { return false }
        return try await !deletedNames().contains(name.text)
    }

    private func checkHistory(
        until isEnough: (CheckHistory) -> Bool
    ) async throws(Fault) -> CheckHistory {
        var history = CheckHistory()
        // Documents with the newest number were written at the same time: each is looked at.
        let refused = try await newestDocuments(
            of: .checks,
            as: CheckRecord.self,
            while: { history.newest == nil || $0 == history.number || !isEnough(history) },
            { if $0.content.isSound { history.add(older: $0) } }
        )
        history.refused = refused
        return history
    }
}
