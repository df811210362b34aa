/// The content of a file as a session has stored it, to be put into a manifest entry.
public struct Content: Sendable {
    /// Its length in bytes.
    public let size: Int64
    /// How a reader checks it.
    public let digest: ManifestEntry.Digest
    let extents: [Extent]
    /// Where the ids of its pages begin in the session's ``PageBookDraft``; nil when they are not all there.
    var firstID: Int64?

    /// How many of its bytes are zeros that are stored nowhere.
    public var holes: Int64 { extents.lazy.filter(\.isHole).reduce(0) { $0 + $1.length } }
}
