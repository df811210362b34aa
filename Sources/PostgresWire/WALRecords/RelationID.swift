/// A relation's files: where they lie and the number in their names.
///
/// The server calls it `RelFileNode`, from 16 on `RelFileLocator`.
public struct RelationID: Sendable, Hashable, Comparable {
    /// The tablespace; 1663 is the default one, 1664 the shared one.
    public let tablespace: UInt32
    /// The database; 0 for shared catalogs.
    public let database: UInt32
    /// The number in the file name.
    public let number: UInt32

    /// Puts one together.
    public init(tablespace: UInt32, database: UInt32, number: UInt32) {
        self.tablespace = tablespace
        self.database = database
        self.number = number
    }

    /// The relation that a file belongs to.
    public init(_ file: RelationFile) {
        self.init(tablespace: file.tablespace, database: file.database, number: file.number)
    }

    /// Reads the 12 bytes of the server's form; they must lie inside.
    init(_ bytes: RawSpan, at offset: Int) {
        tablespace = bytes.littleEndian(UInt32.self, at: offset)
        database = bytes.littleEndian(UInt32.self, at: offset + 4)
        number = bytes.littleEndian(UInt32.self, at: offset + 8)
    }

    /// The database that the relation lies in.
    public var directory: DatabaseID { DatabaseID(tablespace: tablespace, database: database) }

    /// Orders by tablespace, database, number.
    public static func < (left: RelationID, right: RelationID) -> Bool {
        (left.tablespace, left.database, left.number)
            < (right.tablespace, right.database, right.number)
    }
}

extension RelationID: CustomStringConvertible {
    /// The three numbers with slashes, as the server's own programs show them.
    public var description: String { "\(tablespace)/\(database)/\(number)" }
}
