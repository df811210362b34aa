internal import Model
internal import RedisWire

/// Decides which files a restore writes, from what was recorded.
enum RestoreSettings {
    /// The settings of the server that the files are for.
    ///
    /// - Throws: `E-REDIS-SETTINGS` when `appendonly` is neither recorded nor given: a server that reads other files
    ///   than those written starts empty. `E-REDIS-FILES` when Redis is too old for the files that would be written.
    static func settings(
        recorded facts: [String: String],
        isAppendOnly given: Bool?,
        component: String
    ) throws(Fault) -> RedisPersistenceSettings {
        guard let isAppendOnly = given ?? facts[RedisFact.appendOnly].map({ $0 == "yes" }) else {
            throw Fault(
                .redisSettingsUnknown,
                "unable to restore '\(component)': it was not recorded whether the server has appendonly files",
                hints: [
                    "Say so in the component's configuration, `appendonly: true` or `appendonly: false`; "
                        + "`redis-cli config get appendonly` tells.",
                    "Allow the backup's user to ask: redis-cli ACL SETUSER <user> '+config|get'",
                ]
            )
        }
        let version = facts[RedisFact.redisVersion] ?? ""
        if isAppendOnly, let major = Int(version.prefix { $0 != "." }), major < 7 {
            throw Fault(
                .redisRestoreFiles,
                "unable to restore '\(component)': Redis \(version) has appendonly files of another form",
                hints: [
                    "Say `appendonly: false` in the component's configuration, and start the server with "
                        + "`appendonly no`; then run `redis-cli config set appendonly yes`."
                ]
            )
        }
        var settings = RedisPersistenceSettings(isAppendOnly: isAppendOnly)
        if let name = facts[RedisFact.appendDirectory] { settings.appendDirectory = name }
        if let name = facts[RedisFact.appendFile] { settings.appendFile = name }
        if let name = facts[RedisFact.databaseFile] { settings.databaseFile = name }
        return settings
    }
}
