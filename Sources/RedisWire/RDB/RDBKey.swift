/// A key with its value, taken out of an RDB.
public struct RDBKey: Sendable, Hashable {
    /// The database that it belongs to.
    public let database: Int
    /// Its name.
    public let name: [UInt8]
    /// When it expires, in milliseconds since 1970; nil for never.
    public let expiry: Int64?
    /// The type byte and the value, as the RDB writes them.
    public let value: [UInt8]

    package init(database: Int, name: [UInt8], expiry: Int64?, value: [UInt8]) {
        self.database = database
        self.name = name
        self.expiry = expiry
        self.value = value
    }

    /// What `RESTORE` takes: the value, the version of the RDB that it is from, and a checksum.
    public func payload(version: Int) -> [UInt8] {
        RDBPayload.sealed(value, version: version)
    }
}
