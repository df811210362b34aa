public import SystemPackage

/// A file or folder of the host that becomes a part of a tree.
public struct TreeRoot: Sendable {
    /// Where it is on the host; a symbolic link here, and only here, is followed.
    public let path: FilePath
    /// Where it is in the tree.
    public let place: TreePath
    /// What is left out; the patterns see paths below this root.
    public let rules: PathRules

    /// Describes a root.
    public init(_ path: FilePath, place: TreePath = .root, rules: PathRules = .none) {
        self.path = path
        self.place = place
        self.rules = rules
    }
}
