extension ServerVersion {
    /// Whether the server loads an RDB, and payloads of `RESTORE`, of this format.
    ///
    /// A newer Redis loads what an older one wrote, never the other way; Valkey and Redis went apart
    /// behind version 11. Source: `rdb.c` of Redis 8.2 and Valkey 9.1.
    public func loads(_ facts: RDBFacts) -> Bool {
        switch (kind, facts.dialect) {
        case (.redis, .redis): facts.version <= newestOfRedis
        case (.redis, .valkey): false
        case (.valkey, .redis): facts.version <= 11
        case (.valkey, .valkey): major >= 9 && facts.version <= 80
        }
    }

    /// Whether the server loads an RDB, and writes one of the same format.
    public func writes(_ facts: RDBFacts) -> Bool {
        guard loads(facts) else { return false }
        return switch facts.dialect {
        case .redis: kind == .redis ? facts.version == newestOfRedis : major < 9
        case .valkey: facts.version == 80
        }
    }

    /// The types that stand in an RDB as those of a module and that Redis 8 has itself.
    public static let ownTypes: Set<String> = ["vectorset"]

    /// Whether the server has the types of all values of an RDB without any module.
    public func knowsTypes(of facts: RDBFacts) -> Bool {
        facts.modules.isSubset(of: kind == .redis && major >= 8 ? Self.ownTypes : [])
    }

    private var newestOfRedis: Int {
        switch (major, minor) {
        case (8..., _), (7, 4...): 12
        case (7, 2...): 11
        case (7, _): 10
        case (5..., _): 9
        case (4, _): 8
        case (3, 2...): 7
        case (3, _), (2, 6...): 6
        default: 5
        }
    }
}
