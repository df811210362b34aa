internal import FileTrees
public import Model
public import SystemPackage

/// Which entries of a snapshot are asked for.
public struct ContentQuery: Sendable {
    private let paths: [TreePath]
    private let patterns: [PathPattern]

    /// Everything.
    public static let everything = ContentQuery()

    private init() { (paths, patterns) = ([], []) }

    /// Reads a question.
    ///
    /// - Parameters:
    ///   - paths: Files and folders, absolute or from the snapshot's root on, with all below them; everything when empty.
    ///   - patterns: Patterns as in a `.gitignore`, seen from the root of the host's file systems, of which one must fit; any when empty.
    /// - Throws: `E-TREE-PATTERN`.
    public init(paths: [FilePath], patterns: [String]) throws(Fault) {
        self.paths = paths.map { ProtectedRoots.place(of: $0.lexicallyNormalized()) }
        var read: [PathPattern] = []
        for text in patterns { read.append(try PathPattern(text)) }
        self.patterns = read
    }

    /// Whether an entry is meant.
    func takes(_ path: TreePath, isDirectory: Bool) -> Bool {
        (paths.isEmpty || paths.contains { path.isAtOrBelow($0) })
            && (patterns.isEmpty
                || patterns.contains { $0.matches(path, isDirectory: isDirectory) })
    }
}
