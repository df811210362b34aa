public import Model

/// What a document under `gc/` says: what is to be deleted, and on what grounds.
///
/// A mark has `deletes`; the sweep that carries it out names it in `sweeps`. Objects are named in full, at most
/// ``largestList`` a document, so that a document stays below its limit; a larger mark is several documents.
public struct Tombstone: Sendable, Codable, Hashable {
    /// How many objects one document names.
    public static let largestList = 4096

    /// Names of snapshot objects that retention gave up.
    ///
    /// Copies do not bring them back.
    public var forgets: [String] = []
    /// Names of packs and log pieces that nothing which is kept needs.
    public var deletes: [String] = []
    /// How many snapshot and log heads the marker saw, before it forgot any.
    public var heads = 0
    /// SHA-256 over the sorted names of those heads, each ended by a line feed.
    public var inventory: Digest256
    /// For a sweep: the name of the document that it carried out; nil for a mark.
    public var sweeps: String?
    /// For a sweep: names that were spared, because something names them now or a lock holds them.
    public var spared: [String] = []

    /// A mark or sweep of an inventory.
    public init(heads: Int, inventory: Digest256) {
        self.heads = heads
        self.inventory = inventory
    }
}
