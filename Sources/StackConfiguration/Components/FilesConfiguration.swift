/// A set of file trees.
public struct FilesConfiguration: Sendable, Hashable {
    /// The roots, absolute paths; at least one.
    public var paths: [String]
    /// What is taken; everything when empty.
    public var include: [String]
    /// What is left out, even when `include` names it.
    public var exclude: [String]

    /// Groups the parts.
    public init(paths: [String], include: [String] = [], exclude: [String] = []) {
        self.paths = paths
        self.include = include
        self.exclude = exclude
    }
}
