/// A file that ``TreeWriter`` has made and that takes content.
public struct WritableFile: Sendable, Hashable {
    /// Where it is in the tree.
    public let path: TreePath
    let isSparse: Bool
}
