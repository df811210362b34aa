/// Who wrote a record of the log and knows how to replay it.
///
/// Only those whose records say more than block references are named here. The numbers are the same
/// in PostgreSQL 13 to 18 (`src/include/access/rmgrlist.h`).
public struct WALResourceManager: RawRepresentable, Sendable, Hashable {
    /// The number in the record.
    public let rawValue: UInt8

    /// Wraps a number.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The log itself: checkpoints, segment switches, full page images.
    public static let log = WALResourceManager(rawValue: 0)
    /// Commits and aborts.
    public static let transaction = WALResourceManager(rawValue: 1)
    /// Creation and truncation of relation files.
    public static let storage = WALResourceManager(rawValue: 2)
    /// Copies and removals of whole databases.
    public static let database = WALResourceManager(rawValue: 4)
    /// Creation and removal of tablespaces.
    public static let tablespace = WALResourceManager(rawValue: 5)
    /// Changes of rows.
    public static let heap = WALResourceManager(rawValue: 10)
    /// How far origins of logical replication were followed.
    public static let origin = WALResourceManager(rawValue: 19)
}
