/// A version of the log's format, one for each major version of the server.
///
/// The number is the magic of every page (`XLOG_PAGE_MAGIC` in
/// `src/include/access/xlog_internal.h`).
public enum WALVersion: UInt16, Sendable, Hashable, CaseIterable {
    /// PostgreSQL 13.
    case v13 = 0xD106
    /// PostgreSQL 14: names the top-level transaction in a record's head.
    case v14 = 0xD10D
    /// PostgreSQL 15: names how a page image is compressed, knows resource managers of extensions,
    /// and creates databases in two ways.
    case v15 = 0xD110
    /// PostgreSQL 16.
    case v16 = 0xD113
    /// PostgreSQL 17: says `wal_level` at each checkpoint.
    case v17 = 0xD116
    /// PostgreSQL 18.
    case v18 = 0xD118

    /// The format of a server's version, 150020 for 15.20; nil when it is not one that is known.
    public init?(server version: Int) {
        switch version / 10_000 {
        case 13: self = .v13
        case 14: self = .v14
        case 15: self = .v15
        case 16: self = .v16
        case 17: self = .v17
        case 18: self = .v18
        default: return nil
        }
    }

    /// Whether this format has what a version brought.
    func has(_ version: WALVersion) -> Bool { rawValue >= version.rawValue }

    /// The bits of `bimg_info` that say a page image is compressed.
    var compressionBits: UInt8 { has(.v15) ? 0x1C : 0x02 }

    /// Whether a resource manager exists: 22 of the server's own, and from 15 on those of
    /// extensions.
    func hasResourceManager(_ number: UInt8) -> Bool {
        number <= 21 || has(.v15) && number >= 128
    }
}
