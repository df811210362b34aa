public import Model

/// What an RDB says about itself and what was counted in it.
public struct RDBFacts: Sendable, Hashable {
    /// Whose format it has.
    public internal(set) var dialect = RDBDialect.redis
    /// The format's version: 10 is Redis 7.0, 11 is 7.2, 12 is 7.4 to 8.2, 80 is Valkey 9.
    public internal(set) var version = 0
    /// The version of the server that wrote it, such as `7.0.15`.
    public internal(set) var redisVersion: String?
    /// Whether that server is a Valkey, by its own word.
    public internal(set) var isOfValkey = false
    /// When it was made, by the server's clock, in whole seconds.
    public internal(set) var createdAt: Instant?
    /// How much memory the server's data took.
    public internal(set) var usedMemory: ByteCount?
    /// The keys of each database that has any.
    public internal(set) var databases: [Int: RDBKeyCount] = [:]
    /// How many function libraries it holds.
    public internal(set) var functions = 0
    /// The modules whose data it holds, by the names of their types; at most 64 are kept.
    public internal(set) var modules: Set<String> = []
    /// How long it is.
    public internal(set) var bytes = ByteCount.zero
    /// Whether it carries a checksum; a server with `rdbchecksum no` writes none.
    public internal(set) var isChecksummed = false

    /// Knows nothing yet.
    init() {}

    /// What decides which servers load it, where that is known without reading it; `writer` is the version of the server that wrote it.
    package init(version: Int, writer: String?, isOfValkey: Bool, modules: Set<String>) {
        self.version = version
        self.isOfValkey = isOfValkey
        self.modules = modules
        redisVersion = writer
        dialect = RDBDialect.valkey.versions ~= version ? .valkey : .redis
    }

    /// All keys of all databases.
    public var total: RDBKeyCount {
        databases.values.reduce(into: RDBKeyCount()) { sum, count in
            sum.keys += count.keys
            sum.expiring += count.expiring
            sum.expired += count.expired
        }
    }
}
