public import Model

/// What is taken from a tree and what is left out of it.
///
/// Of the patterns that leave out, the last one that fits decides. What is in a folder that is left out is left out
/// too, whatever a later pattern says, since nobody looks there. Where there are patterns that take, only what
/// they fit is taken, and all that is in a folder which they fit; folders are looked into all the same.
public struct PathRules: Sendable, Hashable {
    /// The patterns that leave out, in the order in which they were written.
    public let patterns: [PathPattern]
    /// The patterns that take, in the order in which they were written; everything is taken when there are none.
    public let inclusions: [PathPattern]

    /// Nothing is left out.
    public static let none = PathRules([])

    /// Takes patterns that leave out.
    public init(_ patterns: [PathPattern]) {
        self.patterns = patterns
        inclusions = []
    }

    /// Reads patterns that say what to take and what to leave out; one that begins with `!` takes back.
    ///
    /// - Throws: `E-TREE-PATTERN`.
    public init(including: [String] = [], excluding: [String]) throws(Fault) {
        patterns = try Self.patterns(excluding)
        inclusions = try Self.patterns(including)
    }

    /// Whether a path is left out, its folder not being so.
    public func excludes(_ path: TreePath, isDirectory: Bool) -> Bool {
        if !isDirectory, !includes(path, isDirectory: false) { return true }
        guard let last = patterns.last(where: { $0.matches(path, isDirectory: isDirectory) }) else {
            return false
        }
        return !last.isNegated
    }

    /// Whether a path is taken by itself or with a folder above it; of those, the innermost that a pattern fits decides.
    public func includes(_ path: TreePath, isDirectory: Bool) -> Bool {
        guard !inclusions.isEmpty else { return true }
        var path = path
        var isDirectory = isDirectory
        while !path.bytes.isEmpty {
            if let last = inclusions.last(where: { $0.matches(path, isDirectory: isDirectory) }) {
                return !last.isNegated
            }
            path = path.parent
            isDirectory = true
        }
        return false
    }

    private static func patterns(_ texts: [String]) throws(Fault) -> [PathPattern] {
        var patterns: [PathPattern] = []
        for text in texts { patterns.append(try PathPattern(text)) }
        return patterns
    }
}
