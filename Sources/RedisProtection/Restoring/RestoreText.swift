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
    /// What is replayed on it, each a line.
    let replay: [String]
    /// What becomes of the expiries; nil when nothing does.
    let expiries: String?

    /// What will be done, a line each.
    func steps(_ files: [RedisRestoreFile], owner: FileOwner?) -> [String] {
        var steps = ["take the snapshot of \(snapshot.head.time): \(keys)", expired("will have")]
        steps += replay
        if let expiries { steps.append(expiries) }
        for file in files {
            let path = folder.appending(file.path).displayed
            steps.append("write \(path) (\(file.bytes(rdb.bytes)))")
        }
        if let owner { steps.append("give the files to \(owner.name)") }
        steps.append(start)
        return steps
    }

    /// What came back, a line each.
    var outcome: [String] { [keys, expired("have")] + (expiries.map { [$0] } ?? []) + [start] }

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

    private var keys: String { rdb.keysText }

    private func expired(_ have: String) -> String { rdb.expiredText(have) }

    private var start: String {
        let kind = rdb.isOfValkey ? "Valkey" : "Redis"
        let version =
            rdb.redisVersion.map { "\(kind) \($0) or later" } ?? "a \(kind) as new as before"
        let names =
            settings.isAppendOnly
            ? "`appenddirname \(settings.appendDirectory)` and `appendfilename \(settings.appendFile)`"
            : "`dbfilename \(settings.databaseFile)`"
        return "then start \(version) on this folder with `appendonly \(appendOnly)`, \(names); "
            + "with the other `appendonly` it would start empty"
    }
}
