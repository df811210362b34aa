/// The pages of one relation file whose checksum was wrong twice.
package struct PageDamage: Sendable, Hashable {
    /// The file, relative to the data directory.
    package let path: String
    /// How many pages.
    package private(set) var pages = 0
    /// The first of them, by block of the relation's fork.
    package private(set) var blocks: [UInt32] = []

    /// How many blocks are named.
    static let namedBlocks = 5

    init(path: String) { self.path = path }

    /// Notes a page.
    mutating func add(_ block: UInt32) {
        pages += 1
        if blocks.count < Self.namedBlocks { blocks.append(block) }
    }

    /// Notes pages without their blocks.
    mutating func add(unnamed count: Int) { pages += count }
}
