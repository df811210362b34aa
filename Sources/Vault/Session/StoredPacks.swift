internal import Model
internal import ObjectStorage

/// The packs that a store holds, as one listing shows them, and those that were added since.
///
/// 40 bytes a pack, in the order of their names: a million of them fit beside a backup.
struct StoredPacks: Sendable {
    private var ids: [Digest256] = []
    /// Lengths in bytes; ``withdrawn`` for a pack that does not count any more.
    private var sizes: [Int64] = []
    private var added: [UInt64: PackReference] = [:]

    private static let withdrawn: Int64 = -1

    /// None.
    init() {}

    /// Lists the packs of a vault.
    ///
    /// - Throws: what the store throws, and `E-STORE-UNREACHABLE` when it lists out of order, as no store does.
    init(_ vault: Vault) async throws(Fault) {
        try await vault.store.list("packs/") { info throws(Fault) in
            guard case .pack(let id) = VaultName(info.name) else { return }
            guard ids.last.map({ $0 < id }) ?? true else {
                throw Fault(
                    .storeUnreachable,
                    "unable to list the packs of '\(vault.store.address)': '\(info.name)' comes out of order"
                )
            }
            ids.append(id)
            sizes.append(info.bytes)
        }
    }

    /// The pack whose name begins with a number, if there is one.
    subscript(prefix: UInt64) -> PackReference? {
        if let pack = added[prefix] { return pack }
        var index = ids.indices.first(from: { ids[$0].prefix >= prefix })
        while index < ids.count, ids[index].prefix == prefix {
            if sizes[index] != Self.withdrawn {
                return PackReference(id: ids[index], bytes: Int(sizes[index]))
            }
            index += 1
        }
        return nil
    }

    /// Whether a pack is there with its length.
    func contains(_ pack: PackReference) -> Bool {
        if added[pack.id.prefix] == pack { return true }
        return index(of: pack.id).map { sizes[$0] == Int64(pack.bytes) } ?? false
    }

    /// Adds a pack that was stored after the listing.
    mutating func insert(_ pack: PackReference) { added[pack.id.prefix] = pack }

    /// Lets a pack count no more.
    mutating func withdraw(_ id: Digest256) {
        added[id.prefix] = nil
        if let index = index(of: id) { sizes[index] = Self.withdrawn }
    }

    /// Lets packs count no more.
    mutating func withdraw(where isUnusable: (Digest256) -> Bool) {
        for index in ids.indices where isUnusable(ids[index]) { sizes[index] = Self.withdrawn }
    }

    private func index(of id: Digest256) -> Int? {
        let index = ids.indices.first(from: { ids[$0] >= id })
        return index < ids.count && ids[index] == id ? index : nil
    }
}
