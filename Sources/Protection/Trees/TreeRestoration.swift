public import FileTrees
public import Model

/// What came back when a tree was restored.
public struct TreeRestoration: Sendable {
    /// How many ordinary files, those that were withheld included.
    public internal(set) var files = 0
    /// The bytes of their contents.
    public internal(set) var bytes = ByteCount.zero
    /// What could not be brought back as it was, each a line; very many are summed up in the last line.
    public internal(set) var problems: [String] = []
    /// The files that were asked to be withheld, by path.
    public internal(set) var withheld: [TreePath: WithheldFile] = [:]
}
