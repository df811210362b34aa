/// What a backup must read of a file when the one before it is at hand.
public enum FileReading: Sendable, Hashable {
    /// Why a file is read from its beginning to its end.
    public enum Reason: Sendable, Hashable {
        /// It is no relation's.
        case otherFile
        /// It is a free space map, a visibility map or an initial fork, whose changes are not all
        /// in the log.
        case otherFork
        /// The backup before did not have it, or the relation was made anew since.
        case new
        /// The database was copied or removed since.
        case databaseReplaced
        /// Its length, now or then, is no multiple of a page's.
        case oddLength
    }

    /// All of it.
    case whole(Reason)
    /// These blocks, numbered from the beginning of the file, in order; the others are as they were.
    case blocks([Range<UInt32>])

    /// How many bytes of a file of this size are read.
    public func bytes(of size: UInt64) -> UInt64 {
        switch self {
        case .whole: size
        case .blocks(let ranges):
            ranges.reduce(0) { $0 + UInt64($1.count) * UInt64(PageChecksum.pageSize) }
        }
    }
}
