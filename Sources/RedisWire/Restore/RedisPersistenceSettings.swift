/// The settings of a Redis server that decide which files it starts from.
public struct RedisPersistenceSettings: Sendable, Hashable {
    /// `appendonly`: whether the server starts from its append-only files.
    public var isAppendOnly: Bool
    /// `appenddirname`: the folder of the append-only files inside the data folder (Redis 7.0 and
    /// later).
    public var appendDirectory: String
    /// `appendfilename`: how the append-only files' names begin.
    public var appendFile: String
    /// `dbfilename`: the RDB that a server without append-only files starts from.
    public var databaseFile: String

    /// Sets all; the names have Redis's own defaults.
    public init(
        isAppendOnly: Bool,
        appendDirectory: String = "appendonlydir",
        appendFile: String = "appendonly.aof",
        databaseFile: String = "dump.rdb"
    ) {
        self.isAppendOnly = isAppendOnly
        self.appendDirectory = appendDirectory
        self.appendFile = appendFile
        self.databaseFile = databaseFile
    }
}
