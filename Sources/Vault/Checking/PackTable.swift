internal import Model

/// The packs of a vault, in the order of their names: 41 bytes each, so 41 MB for a million.
struct PackTable: Sendable {
    private(set) var ids: [Digest256] = []
    private(set) var sizes: [Int64] = []
    private var marks: [UInt8] = []

    private static let named: UInt8 = 1
    private static let broken: UInt8 = 2

    var count: Int { ids.count }

    /// Adds a pack; they come in the order of their names, each once.
    mutating func append(_ id: Digest256, bytes: Int64) {
        guard ids.last.map({ $0 < id }) ?? true else { return }
        ids.append(id)
        sizes.append(bytes)
        marks.append(0)
    }

    /// Where a pack is in the table; nil when the vault has none of that name.
    func find(_ id: Digest256) -> Int? {
        let index = ids.indices.first(from: { ids[$0] >= id })
        return index < ids.count && ids[index] == id ? index : nil
    }

    /// Notes that a head names a pack; tells whether it is the first to do so.
    mutating func name(_ index: Int) -> Bool {
        let isFirst = marks[index] & Self.named == 0
        marks[index] |= Self.named
        return isFirst
    }

    /// Notes that a pack's bytes are wrong.
    mutating func breakPack(_ index: Int) { marks[index] |= Self.broken }

    /// Whether a pack's bytes were found to be wrong.
    func isBroken(_ index: Int) -> Bool { marks[index] & Self.broken != 0 }

    /// How many packs no head names.
    var unnamed: Int { marks.count { $0 & Self.named == 0 } }
}
