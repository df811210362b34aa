public import Model

/// What is left out of a tree: patterns of which the last one that fits decides.
///
/// What is in a folder that is left out is left out too, whatever a later pattern says, since nobody looks there.
public struct PathRules: Sendable, Hashable {
    /// The patterns, in the order in which they were written.
    public let patterns: [PathPattern]

    /// Nothing is left out.
    public static let none = PathRules([])

    /// Takes patterns.
    public init(_ patterns: [PathPattern]) { self.patterns = patterns }

    /// Reads patterns that say what to leave out; one that begins with `!` takes something back.
    ///
    /// - Throws: `E-TREE-PATTERN`.
    public init(excluding texts: [String]) throws(Fault) {
        var patterns: [PathPattern] = []
        for text in texts { patterns.append(try PathPattern(text)) }
        self.patterns = patterns
    }

    /// Whether a path is left out, its folder not being so.
    public func excludes(_ path: TreePath, isDirectory: Bool) -> Bool {
        guard let last = patterns.last(where: { $0.matches(path, isDirectory: isDirectory) }) else {
            return false
        }
        return !last.isNegated
    }
}
