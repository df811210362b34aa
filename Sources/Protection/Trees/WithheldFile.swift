public import FileTrees

/// A file of a snapshot that a restore did not write but hands to its caller.
public struct WithheldFile: Sendable {
    /// The most bytes that such a file may have: 16 MiB.
    public static let limit: Int64 = 16 << 20

    /// What it would have been.
    public let entry: TreeEntry
    /// Its content, checked against the snapshot.
    public internal(set) var bytes: [UInt8]
}
