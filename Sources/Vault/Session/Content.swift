/// The content of a file as a session has stored it, to be put into a manifest entry.
public struct Content: Sendable {
    /// Its length in bytes.
    public let size: Int64
    /// How a reader checks it.
    public let digest: ManifestEntry.Digest
    let extents: [Extent]

    /// How many of its bytes are zeros that are stored nowhere.
    public var holes: Int64 { extents.lazy.filter(\.isHole).reduce(0) { $0 + $1.length } }
}
