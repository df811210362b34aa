internal import Model
internal import ObjectStorage

/// What the documents under `gc/` and `ledger/` of one copy say: what it gave up, and what it is about to delete.
struct CollectionLedger {
    /// What is about to be deleted.
    private(set) var pending = PendingTombstones()
    /// Snapshots that retention gave up.
    private(set) var forgotten: Set<String> = []
    private var past: [LogStretch] = []
    private var known: Set<ObjectName> = []

    /// Whether the copy is about to delete a pack: it may vanish at any moment.
    func condemns(_ pack: Digest256) -> Bool { pending.dooms(pack) }

    /// Whether the copy is about to delete a piece of log.
    func condemns(log name: VaultName) -> Bool {
        pending.documents.contains { Self.names(name, $0.content.log) }
    }

    /// Whether the copy gave up a piece of log, now or earlier.
    func gaveUp(log name: VaultName) -> Bool {
        Self.names(name, past) || condemns(log: name)
    }

    private static func names(_ name: VaultName, _ stretches: [LogStretch]) -> Bool {
        guard let piece = name.logPiece, let stream = name.logStream else { return false }
        return stretches.contains { $0.stream == stream && $0.covers(piece) }
    }

    /// Takes in the documents that are new since the last time.
    ///
    /// Two listings, and one read a new document. A document that is damaged or forged does not count: nobody carries it
    /// out either.
    mutating func refresh(_ vault: Vault) async throws(Fault) {
        try await pending.read(vault)
        for document in pending.documents { forgotten.formUnion(document.content.forgets) }
        var infos: [ObjectInfo] = []
        try await vault.store.list("\(DocumentFolder.ledger.rawValue)/") { infos.append($0) }
        for info in infos {
            guard case .document(let folder, let number, let short) = VaultName(info.name),
                known.insert(info.name).inserted
            else { continue }
            do throws(Fault) {
                let bytes = try await vault.store.get(info.name, limit: Vault.largestDocument)
                let document: VaultDocument<LedgerEntry> = try vault.document(
                    bytes,
                    info,
                    folder,
                    number: number,
                    short: short
                )
                guard let swept = document.content.swept else { continue }
                forgotten.formUnion(swept.given)
                past = LogStretch.joined(past + swept.past)
            } catch
                where error.code.disposition == .corrupt || error.code == .objectMissing
            { continue }
        }
    }
}
