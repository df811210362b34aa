/// What is known of a snapshot once it is complete.
public struct RedisSnapshotFacts: Sendable, Hashable {
    /// The replication history that the server belongs to: 40 hexadecimal digits.
    public let replicationID: String
    /// Where in that history the snapshot stands; the commands behind it begin here.
    public let offset: Int64
    /// Whether the server sent it straight from memory; otherwise it wrote its own dump file first.
    public let isDiskless: Bool
    /// What the RDB says about itself and what was counted in it.
    public let rdb: RDBFacts

    /// Sets all facts.
    public init(replicationID: String, offset: Int64, isDiskless: Bool, rdb: RDBFacts) {
        self.replicationID = replicationID
        self.offset = offset
        self.isDiskless = isDiskless
        self.rdb = rdb
    }
}
