/// How many keys one database of an RDB holds.
public struct RDBKeyCount: Sendable, Hashable {
    /// All keys.
    public var keys: UInt64
    /// Those of them that expire at some time.
    public var expiring: UInt64
    /// Those of them that had expired by the moment that the parser was asked about; 0 when it was
    /// not asked.
    public var expired: UInt64

    /// Sets the counts.
    public init(keys: UInt64 = 0, expiring: UInt64 = 0, expired: UInt64 = 0) {
        self.keys = keys
        self.expiring = expiring
        self.expired = expired
    }
}
