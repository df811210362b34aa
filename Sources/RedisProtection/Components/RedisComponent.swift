public import Model
public import Protection
public import RedisWire
public import SystemIO
public import SystemPackage
public import Vault

/// A Redis server as a protected thing: its data as one RDB, taken while it runs, put back while it is stopped.
///
/// A snapshot has one entry, `dump.rdb`. What a restore writes depends on `appendonly`: a server that has it never
/// reads a `dump.rdb`, and loses everything when only that is replaced (see `RedisRestoreFiles`).
public struct RedisComponent: Component {
    /// Its name in the configuration.
    public let name: String
    /// Always `redis`.
    public var kind: ComponentKind { .redis }
    /// How the server is reached; snapshots hold all databases, whichever it selects.
    public let address: RedisAddress
    /// Where its files are on this host; nil: where the server said when it was backed up.
    public let directory: FilePath?
    /// Whether the server that a restore is for has `appendonly yes`; nil: as it was when it was backed up.
    public let isAppendOnly: Bool?
    /// Whom restored files belong to; nil: the owner of the folder; only root can give files away.
    public let account: Account?
    /// Whether a replica of the server sends the snapshots where one is fit for it.
    public let prefersReplica: Bool
    /// The server program that replays the log at a restore; nil for the one that is found.
    public let replayProgram: FilePath?
    /// What a restore does with the moments at which things expire.
    public var expiries = RedisExpiries.keep
    let patience: RedisPatience

    /// Describes a server.
    public init(
        name: String,
        address: RedisAddress,
        directory: FilePath? = nil,
        isAppendOnly: Bool? = nil,
        account: Account? = nil,
        prefersReplica: Bool = false,
        replayProgram: FilePath? = nil,
        patience: RedisPatience = .standard
    ) {
        self.name = name
        // Selecting a database would only need one more right.
        var address = address
        address.database = nil
        self.address = address
        self.directory = directory
        self.isAppendOnly = isAppendOnly
        self.account = account
        self.prefersReplica = prefersReplica
        self.replayProgram = replayProgram
        self.patience = patience
    }

    /// Takes a snapshot over the replication protocol: no `SAVE`, no change of the server's settings.
    ///
    /// - Throws: `E-REDIS-…` with exit code 14 when the server cannot be reached or refuses; `E-RDB-DAMAGED` or
    ///   `E-RDB-UNSUPPORTED` when what it sends does not read well; and what the session throws.
    public func backUp(
        into session: BackupSession,
        _ context: BackupContext
    ) async throws(Fault) -> BackupDraft {
        try await RedisBackup(
            address: address,
            prefersReplica: prefersReplica,
            patience: patience,
            session: session,
            context: context
        ).run()
    }

    /// Says what a restore into the folder of a stopped server would do; reads the whole RDB of the snapshot to check and count it.
    ///
    /// Where the log leads on from a snapshot to the target, its commands are replayed on it in a private server of this host.
    ///
    /// - Throws: `E-RESTORE-NOT-EMPTY` when the folder holds something, `E-REDIS-RUNNING` when a server runs on it,
    ///   `E-REDIS-SETTINGS` when folder or `appendonly` are not known, `E-REDIS-FILES`; `E-SNAPSHOT-NONE`;
    ///   `E-TARGET-WINDOW` when the log does not hold the target, `E-SERVER-MISSING` when nothing can replay it; `E-REDIS-SNAPSHOT`, `E-RDB-DAMAGED` and what reading the vault throws.
    public func planRestore(_ request: RestoreRequest) async throws(Fault) -> RestorePlan {
        try await RedisRestore(self, request).plan()
    }

    /// Writes the files that a stopped server starts from.
    ///
    /// Everything is checked before any file has a name that a server would load; after failure no such name exists.
    ///
    /// - Throws: what ``planRestore(_:)`` throws, and `E-IO-…`.
    public func restore(
        _ plan: RestorePlan,
        _ request: RestoreRequest,
        progress: ProgressReporter
    ) async throws(Fault) -> RestoreOutcome {
        try await RedisRestore(self, request).run(plan, progress)
    }
}
