public import SystemIO
public import SystemPackage

/// Where something is in a tree: names joined by `/`, relative to the tree's root, which is the empty path.
///
/// Names are bytes and need not be UTF-8. No path leads out of the tree: none begins with `/`, and no name is empty,
/// `.` or `..`.
public struct TreePath: Sendable, Hashable {
    /// The names joined by `/`; empty for the root.
    public let bytes: [UInt8]

    /// The root of a tree.
    public static let root = TreePath(unchecked: [])

    private init(unchecked bytes: [UInt8]) { self.bytes = bytes }

    /// Takes names joined by `/`; nil when one of them is no name.
    public init?(_ bytes: [UInt8]) {
        let names = bytes.split(separator: Self.slash, omittingEmptySubsequences: false)
        guard bytes.isEmpty || names.allSatisfy({ FileName(Array($0)) != nil }) else { return nil }
        self.bytes = bytes
    }

    /// Takes names joined by `/`; nil when one of them is no name.
    public init?(_ text: String) { self.init(Array(text.utf8)) }

    /// The names, outermost first; none for the root.
    public var names: [FileName] {
        bytes.split(separator: Self.slash).compactMap { FileName(Array($0)) }
    }

    /// The last name; nil for the root.
    public var lastName: FileName? {
        bytes.split(separator: Self.slash).last.flatMap { FileName(Array($0)) }
    }

    /// The path of the folder that holds it; the root's is the root.
    public var parent: TreePath {
        guard let slash = bytes.lastIndex(of: Self.slash) else { return .root }
        return TreePath(unchecked: Array(bytes[..<slash]))
    }

    /// The path of something in this folder.
    public func appending(_ name: FileName) -> TreePath {
        TreePath(unchecked: bytes.isEmpty ? name.bytes : bytes + [Self.slash] + name.bytes)
    }

    /// The path below a folder of the host.
    public func path(below root: FilePath) -> FilePath {
        names.reduce(root) { $0.appending($1) }
    }

    /// Whether it is some path, or below it.
    public func isAtOrBelow(_ other: TreePath) -> Bool {
        guard !other.bytes.isEmpty, bytes != other.bytes else { return true }
        return bytes.count > other.bytes.count && bytes[other.bytes.count] == Self.slash
            && bytes.starts(with: other.bytes)
    }

    private static let slash = UInt8(ascii: "/")
}

extension TreePath: Comparable {
    /// Orders name by name, each by its bytes: the order of a walk that visits folders before what they hold.
    public static func < (left: TreePath, right: TreePath) -> Bool {
        let count = min(left.bytes.count, right.bytes.count)
        for index in 0..<count where left.bytes[index] != right.bytes[index] {
            // A name ends before any longer name that begins with it.
            if left.bytes[index] == slash { return true }
            if right.bytes[index] == slash { return false }
            return left.bytes[index] < right.bytes[index]
        }
        return left.bytes.count < right.bytes.count
    }
}

extension TreePath: CustomStringConvertible {
    /// The path for people: control characters and bytes that are not UTF-8 are written as `\xNN`.
    public var description: String { bytes.isEmpty ? "." : FilePath(bytes: bytes).displayed }
}
