internal import Model
internal import RedisWire

/// The names of the facts that a snapshot's head records about a Redis server.
///
/// ```
/// redis_version server rdb_version keys expiring databases functions modules bytes checksummed    of the RDB
/// replication_id replication_offset diskless replica                                       of the transfer
/// appendonly appenddirname appendfilename dbfilename dir maxmemory_policy                  of the settings
/// ```
/// Those of the settings are there as far as the user may ask for them. `databases` is `<number>:<keys>` joined by
/// commas, in order; `modules` is the names joined by commas; yes and no are `yes` and `no`; `server` is `Redis` or `Valkey`;
/// `replica` is the address of the replica that sent the RDB, where one did.
enum RedisFact {
    static let redisVersion = "redis_version"
    static let server = "server"
    static let rdbVersion = "rdb_version"
    static let keys = "keys"
    static let expiring = "expiring"
    static let databases = "databases"
    static let functions = "functions"
    static let modules = "modules"
    static let bytes = "bytes"
    static let checksummed = "checksummed"
    static let replicationID = "replication_id"
    static let replicationOffset = "replication_offset"
    static let diskless = "diskless"
    static let replica = "replica"
    static let appendOnly = "appendonly"
    static let appendDirectory = "appenddirname"
    static let appendFile = "appendfilename"
    static let databaseFile = "dbfilename"
    static let directory = "dir"
    static let evictionPolicy = "maxmemory_policy"

    /// The settings to ask for, by their names in `redis.conf`.
    static let settings = [
        "appendonly": appendOnly,
        "appenddirname": appendDirectory,
        "appendfilename": appendFile,
        "dbfilename": databaseFile,
        "dir": directory,
        "maxmemory-policy": evictionPolicy,
    ]

    /// What a transfer tells.
    static func facts(of snapshot: RedisSnapshotFacts) -> [String: String] {
        let rdb = snapshot.rdb
        let databases = rdb.databases.sorted { $0.key < $1.key }
            .map { "\($0.key):\($0.value.keys)" }
        var facts = [
            rdbVersion: "\(rdb.version)",
            keys: "\(rdb.total.keys)",
            expiring: "\(rdb.total.expiring)",
            Self.databases: databases.joined(separator: ","),
            functions: "\(rdb.functions)",
            modules: rdb.modules.sorted().joined(separator: ","),
            bytes: "\(rdb.bytes.bytes)",
            checksummed: rdb.isChecksummed ? "yes" : "no",
            replicationID: snapshot.replicationID,
            replicationOffset: "\(snapshot.offset)",
            diskless: snapshot.isDiskless ? "yes" : "no",
        ]
        facts[redisVersion] = rdb.redisVersion
        return facts
    }
}
