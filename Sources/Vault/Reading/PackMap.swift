internal import Model

/// The packs that a head names, by the prefix that manifests use.
struct PackMap: Sendable {
    private var byPrefix: [UInt64: PackReference] = [:]

    /// - Throws: `E-VAULT-DAMAGED` when two packs share a prefix, which no writer lets happen.
    init(_ packs: [PackReference], snapshot: String) throws(Fault) {
        for pack in packs where byPrefix.updateValue(pack, forKey: pack.id.prefix) != nil {
            throw .damaged(snapshot, "two of its packs share a prefix")
        }
    }

    /// The pack of a prefix.
    func pack(_ prefix: UInt64, snapshot: String) throws(Fault) -> PackReference {
        guard let pack = byPrefix[prefix] else {
            throw .damaged(snapshot, "its manifest names a pack that its head does not")
        }
        return pack
    }
}
