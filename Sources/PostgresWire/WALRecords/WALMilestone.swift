public import Model

/// What a record is to a replay that stops between two transactions.
///
/// A server takes back what a transaction did that had not ended when it stopped, but not what its
/// files lost by then. Removals that are logged before the commit of their transaction:
///
/// ```text
///   DROP DATABASE       a mark in pg_database that closes it (in place), then its files
///   DROP TABLESPACE     its folder
///   a dropped origin    how far the origin was followed
/// ```
/// Sources: `dropdb` in `src/backend/commands/dbcommands.c`, `DropTableSpace` in `tablespace.c`,
/// `replorigin_drop_by_name` in `src/backend/replication/logical/origin.c`. The files of a relation
/// go with the commit, and what vacuum cuts off was of no use any more.
public enum WALMilestone: Sendable, Hashable {
    /// A transaction ends, prepared before or not, at this time by the server's clock: a server that
    /// is told a time stops just before one.
    case ended(Instant)
    /// A transaction is prepared at this time, and is there from then on.
    case prepared(Instant)
    /// Something is removed, or marked for it, whether its transaction ever ends or not.
    ///
    /// Every change in place of a shared catalog counts: a whole page does not tell what changed.
    case removed

    /// The tablespace of shared catalogs.
    private static let shared: UInt32 = 1664

    /// Reads a record; nil when it is none of these.
    public init?(
        _ record: WALRecord,
        references: Span<WALBlockReference>,
        mainData: RawSpan,
        version: WALVersion
    ) {
        let isRemoval: Bool
        switch record.resourceManager {
        case .transaction:
            guard let end = Self.ofTransaction(record, mainData) else { return nil }
            self = end
            return
        case .database: isRemoval = record.kind == (version.has(.v15) ? 0x20 : 0x10)
        case .tablespace, .origin: isRemoval = record.kind == 0x10
        case .heap:  // XLOG_HEAP_INPLACE
            isRemoval =
                record.info & 0x70 == 0x70 && !references.isEmpty
                && references[0].relation.tablespace == Self.shared
        default: isRemoval = false
        }
        guard isRemoval else { return nil }
        self = .removed
    }

    /// The head of `xl_xact_prepare` has the time behind four numbers; commits and aborts begin with it.
    private static func ofTransaction(_ record: WALRecord, _ data: RawSpan) -> WALMilestone? {
        switch record.info & 0x70 {
        case 0x00, 0x20, 0x30, 0x40:
            guard data.byteCount >= 8 else { return nil }
            return WALLandmark.instant(data.littleEndian(Int64.self, at: 0)).map { .ended($0) }
        case 0x10:
            guard data.byteCount >= 24 else { return nil }
            return WALLandmark.instant(data.littleEndian(Int64.self, at: 16)).map { .prepared($0) }
        default: return nil
        }
    }
}
