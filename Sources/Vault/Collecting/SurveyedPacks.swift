internal import Model
internal import ObjectStorage

/// The packs of a vault as one listing shows them, with what collection learns about each.
///
/// Ordered by id; 56 bytes a pack.
struct SurveyedPacks {
    /// What is known of a pack.
    struct Use: OptionSet {
        let rawValue: UInt8
        /// Some snapshot that is there.
        static let snapshot = Use(rawValue: 1)
        /// A snapshot that the sweep leaves.
        static let surviving = Use(rawValue: 2)
        /// A snapshot that retention keeps.
        static let kept = Use(rawValue: 4)
        /// Nothing: it is deleted.
        static let gone = Use(rawValue: 8)
    }

    /// One pack.
    struct Entry {
        let id: Digest256
        let bytes: Int64
        /// When it was stored, by the store's clock.
        let stored: Instant
        var use: Use = []
    }

    private(set) var entries: [Entry] = []

    /// Lists the packs of a vault.
    init(_ vault: Vault) async throws(Fault) {
        var entries: [Entry] = []
        try await vault.store.list("packs/") { info in
            guard case .pack(let id) = VaultName(info.name) else { return }
            entries.append(Entry(id: id, bytes: info.bytes, stored: info.modified))
        }
        self.entries = entries.sorted { $0.id < $1.id }
    }

    /// The place of a pack; nil when the listing does not show it.
    func index(of id: Digest256) -> Int? {
        let index = entries.indices.first(from: { entries[$0].id >= id })
        return index < entries.count && entries[index].id == id ? index : nil
    }

    /// Notes what names some packs; tells whether all of them are there with their size.
    @discardableResult
    mutating func note(_ packs: [PackReference], _ use: Use) -> Bool {
        var isWhole = true
        for pack in packs {
            guard let index = index(of: pack.id) else {
                isWhole = false
                continue
            }
            entries[index].use.insert(use)
            if entries[index].bytes != Int64(pack.bytes) { isWhole = false }
        }
        return isWhole
    }

    /// Notes something of one pack.
    mutating func note(_ index: Int, _ use: Use) { entries[index].use.insert(use) }
}
