/// The servers that tests run against.
public enum RedisProgram: String, Sendable, CaseIterable {
    /// Debian's Redis 7.0, whose RDBs have version 10.
    case redis7
    /// Redis 8.2, whose RDBs have version 12, and whose hashes have fields that expire.
    case redis8
    /// Valkey 9.1, whose RDBs have version 80 of its own, and whose hashes have fields that expire.
    case valkey9

    /// Where it is.
    public var path: String {
        switch self {
        case .redis7: "/usr/bin/redis-server"
        case .redis8: TestDependencies.redis8
        case .valkey9: TestDependencies.valkey9
        }
    }
}
