public import Model

/// What a look at one page of a checksummed cluster says.
public enum PageVerdict: Sendable, Hashable {
    /// The checksum is right.
    case valid
    /// The page holds only zeros; it carries no checksum.
    case zero
    /// The page was changed after the backup began, so a torn read is legal and WAL replay repairs
    /// it.
    case changedSince
    /// The checksum is wrong. Read the page again: only the same bytes twice are damage.
    case damaged(stored: UInt16, computed: UInt16)

    /// Judges a page of ``PageChecksum/pageSize`` bytes at a block of its relation fork.
    ///
    /// A page whose position is at or after `backupStart` is excused, as the server itself does
    /// (`sendFile` in `basebackup.c`); nil excuses none. Unlike the server, a page that says it is
    /// new but is not all zeros is judged like any other.
    public static func verify(_ page: RawSpan, block: UInt32, backupStart: LSN?) -> PageVerdict {
        let header = PageHeader(page)
        let computed = PageChecksum.compute(page, block: block)
        if header.checksum == computed { return .valid }
        if header.upper == 0, PageHeader.isAllZero(page) { return .zero }
        if let backupStart, header.position >= backupStart { return .changedSince }
        return .damaged(stored: header.checksum, computed: computed)
    }
}
