internal import Model
internal import ObjectStorage

/// What the documents under `gc/` of one copy say: what it gave up, and what it is about to delete.
struct CollectionLedger {
    /// Every object that a mark ever named.
    private(set) var deleted: Set<String> = []
    /// Snapshots that retention gave up.
    private(set) var forgotten: Set<String> = []
    private var marks: [String: [String]] = [:]
    private var swept: Set<String> = []
    private var known: Set<String> = []

    /// Objects that a mark names which nobody has carried out: they may vanish at any moment.
    private(set) var condemned: Set<String> = []

    /// Takes in the documents that are new since the last time.
    ///
    /// One listing, and one read a new document. A document that is damaged or forged does not count: nobody carries it
    /// out either.
    mutating func refresh(_ vault: Vault) async throws(Fault) {
        var infos: [ObjectInfo] = []
        try await vault.store.list("gc/") { infos.append($0) }
        for info in infos {
            guard case .document(let folder, let number, let short) = VaultName(info.name),
                known.insert(info.name.text).inserted
            else { continue }
            do throws(Fault) {
                let bytes = try await vault.store.get(info.name, limit: Vault.largestDocument)
                let document: VaultDocument<Tombstone> = try vault.document(
                    bytes,
                    info,
                    folder,
                    number: number,
                    short: short
                )
                take(document.content, named: info.name.text)
            } catch
                where error.code.disposition == .corrupt || error.code == .objectMissing
            { continue }
        }
        condemned = []
        for (name, objects) in marks where !swept.contains(name) { condemned.formUnion(objects) }
    }

    private mutating func take(_ tombstone: Tombstone, named name: String) {
        forgotten.formUnion(tombstone.forgets)
        if let mark = tombstone.sweeps {
            swept.insert(mark)
        } else {
            marks[name] = tombstone.deletes
            deleted.formUnion(tombstone.deletes)
        }
    }
}
