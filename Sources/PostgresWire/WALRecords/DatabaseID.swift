/// The directory of a database in a tablespace.
public struct DatabaseID: Sendable, Hashable, Comparable {
    /// The tablespace.
    public let tablespace: UInt32
    /// The database.
    public let database: UInt32

    /// Puts one together.
    public init(tablespace: UInt32, database: UInt32) {
        self.tablespace = tablespace
        self.database = database
    }

    /// Orders by tablespace, then database.
    public static func < (left: DatabaseID, right: DatabaseID) -> Bool {
        (left.tablespace, left.database) < (right.tablespace, right.database)
    }
}
