public import FileTrees
public import Model

/// What came back when a tree was restored.
public struct TreeRestoration: Sendable {
    /// How many ordinary files, those that were withheld included.
    public internal(set) var files = 0
    /// The bytes of their contents.
    public internal(set) var bytes = ByteCount.zero
    /// The bytes of files that were there and needed nothing, where a tree was renewed.
    public internal(set) var kept = ByteCount.zero
    /// The bytes that were written into files.
    public internal(set) var written = ByteCount.zero
    /// Symbolic links that were there and are none of the tree, where a tree was renewed.
    public internal(set) var removedLinks: [String] = []
    /// What could not be brought back as it was, each a line; very many are summed up in the last line.
    public internal(set) var problems: [String] = []
    /// Names of owners whose files no account of this host took, each a line.
    public internal(set) var strangers: [String] = []
    /// The files that were asked to be withheld, by path.
    public internal(set) var withheld: [TreePath: WithheldFile] = [:]
}
