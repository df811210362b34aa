public import Model
import SystemIO

/// A pattern for paths, as in a `.gitignore`.
///
/// ```
/// *.log          any name that ends in .log, at any depth
/// /cache         only the one at the top          a/b       only at the top too: it has a slash in the middle
/// build/         folders only                     !keep.me  takes back what an earlier pattern chose
/// **/tmp         tmp at any depth                 a/**      all that is in a        a/**/b   b anywhere below a
/// ```
/// Source: `gitignore(5)`, "PATTERN FORMAT"; without comments, and spaces at the end count.
public struct PathPattern: Sendable, Hashable {
    private enum Part: Sendable, Hashable {
        case name(Glob)
        case anyNames
    }

    /// The pattern as it was written.
    public let text: String
    /// Whether it takes back what an earlier pattern chose.
    public let isNegated: Bool
    /// Whether it fits folders only.
    public let isForDirectories: Bool
    private let parts: [Part]

    /// Reads a pattern.
    ///
    /// - Throws: `E-TREE-PATTERN` when it is empty, or a bracket is not closed, or it ends in `\`.
    public init(_ text: String) throws(Fault) {
        self.text = text
        // Scalars, not characters: a `/` that a combining mark follows stays a `/`.
        var rest = text.unicodeScalars[...]
        isNegated = rest.first == "!"
        if isNegated { rest.removeFirst() }
        isForDirectories = rest.last == "/"
        if isForDirectories { rest.removeLast() }
        let isAnchored = rest.contains("/")
        if rest.first == "/" { rest.removeFirst() }
        var parts: [Part] = isAnchored ? [] : [.anyNames]
        for piece in rest.split(separator: "/", omittingEmptySubsequences: false) {
            if piece.elementsEqual("**".unicodeScalars) {
                if parts.last != .anyNames { parts.append(.anyNames) }
            } else if !piece.isEmpty, let glob = Glob(Substring(piece)) {
                parts.append(.name(glob))
            } else {
                throw Fault(
                    .patternInvalid,
                    "unable to read pattern '\(text)': it has an empty name, an open bracket, "
                        + "or nothing after its last backslash"
                )
            }
        }
        // `a/**` is what is in `a`, not `a` itself.
        if case .anyNames = parts.last, let any = Glob("*") { parts.append(.name(any)) }
        self.parts = parts
    }

    /// Whether it fits a path; the time is at most the product of both lengths.
    public func matches(_ path: TreePath, isDirectory: Bool) -> Bool {
        guard isDirectory || !isForDirectories else { return false }
        let names = path.names
        var part = 0
        var position = 0
        var retry: (part: Int, position: Int)?
        while position < names.count {
            if part < parts.count {
                switch parts[part] {
                case .anyNames:
                    part += 1
                    retry = (part, position)
                    continue
                case .name(let glob) where glob.matches(names[position].bytes):
                    part += 1
                    position += 1
                    continue
                case .name: break
                }
            }
            guard let back = retry else { return false }
            retry = (back.part, back.position + 1)
            (part, position) = (back.part, back.position + 1)
        }
        return part == parts.count
    }
}
