/// A file that ``TreeWriter`` has made, or taken over, and that takes content.
public struct WritableFile: Sendable, Hashable {
    /// Where it is in the tree.
    public let path: TreePath
    /// Whether blocks of zeros become holes.
    public let isSparse: Bool
    /// Whether it was there before and holds something: only pages that differ are written.
    public let isTaken: Bool

    /// Names a file that ``TreeWriter/create(_:)`` has made, for callers that keep many of them outside of memory.
    public init(path: TreePath, isSparse: Bool, isTaken: Bool = false) {
        self.path = path
        self.isSparse = isSparse
        self.isTaken = isTaken
    }
}
