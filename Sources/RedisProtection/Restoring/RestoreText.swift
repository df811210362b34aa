internal import Model
internal import RedisWire
internal import SystemIO
internal import SystemPackage
internal import Vault

/// A restore in words.
struct RestoreText {
    let snapshot: Snapshot
    let folder: FilePath
    let settings: RedisPersistenceSettings
    let rdb: RDBFacts

    /// What will be done, a line each.
    func steps(_ files: [RedisRestoreFile], owner: FileOwner?) -> [String] {
        var steps = ["take the snapshot of \(snapshot.head.time): \(keys)", expired("will have")]
        for file in files {
            let path = folder.appending(file.path).displayed
            steps.append("write \(path) (\(file.bytes(rdb.bytes)))")
        }
        if let owner { steps.append("give the files to \(owner.name)") }
        steps.append(start)
        return steps
    }

    /// What came back, a line each.
    var outcome: [String] { [keys, expired("have"), start] }

    /// The same for programs.
    var facts: [String: String] {
        let total = rdb.total
        return [
            RedisFact.keys: "\(total.keys)",
            RedisFact.expiring: "\(total.expiring)",
            "expired": "\(total.expired)",
            RedisFact.appendOnly: appendOnly,
        ]
    }

    private var appendOnly: String { settings.isAppendOnly ? "yes" : "no" }

    private var keys: String {
        let count = rdb.databases.count
        return "\(rdb.total.keys) keys in \(count) \(count == 1 ? "database" : "databases"), "
            + "\(rdb.total.expiring) of them with an expiry"
    }

    private func expired(_ have: String) -> String {
        let count = rdb.total.expired
        guard count > 0 else { return "none of the keys has expired by now" }
        return "\(count) of the keys \(have) expired and are dropped when the server starts"
    }

    private var start: String {
        let version = rdb.redisVersion.map { "Redis \($0) or later" } ?? "a Redis as new as before"
        let names =
            settings.isAppendOnly
            ? "`appenddirname \(settings.appendDirectory)` and `appendfilename \(settings.appendFile)`"
            : "`dbfilename \(settings.databaseFile)`"
        return "then start \(version) on this folder with `appendonly \(appendOnly)`, \(names); "
            + "with the other `appendonly` it would start empty"
    }
}
