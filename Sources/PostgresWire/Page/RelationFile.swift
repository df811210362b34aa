/// A segment file of one fork of a relation, as its path below the data directory names it.
///
/// ```text
///   global/<file>                                     shared catalogs
///   base/<database>/<file>                            default tablespace
///   pg_tblspc/<tablespace>/PG_<v>_<catalog>/<database>/<file>
///   <file> = <number>[_fsm|_vm|_init][.<segment>]
/// ```
/// Temporary relations (`t<backend>_<number>`) are none of these. Source: `src/common/relpath.c`.
public struct RelationFile: Sendable, Hashable {
    /// A part of a relation that has files of its own.
    public enum Fork: String, Sendable, CaseIterable {
        /// The rows or the index.
        case main
        /// The map of free space.
        case freeSpaceMap = "fsm"
        /// The map of pages visible to all.
        case visibilityMap = "vm"
        /// The empty state of an unlogged relation.
        case initial = "init"
    }

    /// Pages in a segment file: 1 GiB of pages, as the server is built everywhere.
    public static let pagesPerSegment: UInt32 = 131_072

    /// The tablespace; 1663 is the default one, 1664 the shared one.
    public let tablespace: UInt32
    /// The database; 0 for shared catalogs.
    public let database: UInt32
    /// The number in the file name (`relfilenode`), not the relation's object id.
    public let number: UInt32
    /// The fork.
    public let fork: Fork
    /// The segment, from 0.
    public let segment: UInt32

    /// Reads a path relative to the data directory; nil when it is no relation file.
    public init?(path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard let name = parts.last else { return nil }
        switch (parts.count, parts[0]) {
        case (2, "global"):
            (tablespace, database) = (1664, 0)
        case (3, "base"):
            guard let database = Self.oid(parts[1]) else { return nil }
            (tablespace, self.database) = (1663, database)
        case (5, "pg_tblspc"):
            guard let tablespace = Self.oid(parts[1]), parts[2].hasPrefix("PG_"),
                let database = Self.oid(parts[3])
            else { return nil }
            (self.tablespace, self.database) = (tablespace, database)
        default: return nil
        }
        guard let file = Self.parse(name: name) else { return nil }
        (number, fork, segment) = file
    }

    /// The block of the fork that the file's first page is; checksums count from there.
    public var firstBlock: UInt32 { segment * Self.pagesPerSegment }

    /// Reads a file name without its directory; nil when it is no permanent relation's.
    static func parse(
        name: Substring
    ) -> (number: UInt32, fork: Fork, segment: UInt32)? {
        var stem = name
        var segment: UInt32 = 0
        if let dot = stem.firstIndex(of: ".") {
            // The last segment of the largest fork (2^32 - 1 pages) is 32,767.
            guard let value = Self.oid(stem[stem.index(after: dot)...]), value <= 32_767 else {
                return nil
            }
            segment = value
            stem = stem[..<dot]
        }
        var fork = Fork.main
        if let bar = stem.firstIndex(of: "_") {
            guard let value = Fork(rawValue: String(stem[stem.index(after: bar)...])),
                value != .main
            else { return nil }
            fork = value
            stem = stem[..<bar]
        }
        guard let number = Self.oid(stem) else { return nil }
        return (number, fork, segment)
    }

    /// A decimal number from 1, without leading zeros.
    static func oid(_ text: Substring) -> UInt32? {
        guard (1...10).contains(text.utf8.count), text.utf8.first != UInt8(ascii: "0"),
            text.utf8.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        return UInt32(text)
    }
}
