public import Model
public import Protection
public import Vault

/// Databases of a PostgreSQL cluster as SQL that any later version takes, and what they share: roles and tablespaces.
///
/// A snapshot is a tree of files: `globals.sql`, `databases/NAME.sql`. They are plain SQL without compression, so that what did not change
/// since the last dump is the same bytes and is stored once.
public struct PostgresDumps: Component {
    /// Its name in the configuration.
    public let name: String
    /// How the cluster is reached.
    public let settings: PostgresSettings
    /// Which databases; all when empty.
    public let databases: [String]
    /// Whether roles and tablespaces are dumped too.
    public let hasGlobals: Bool
    /// What runs `pg_dump`.
    public let runtime: any ServerRuntime

    /// Puts a component together.
    public init(
        name: String,
        settings: PostgresSettings,
        databases: [String],
        hasGlobals: Bool,
        runtime: (any ServerRuntime)? = nil
    ) {
        self.name = name
        self.settings = settings
        self.databases = databases
        self.hasGlobals = hasGlobals
        self.runtime = runtime ?? LocalServers(binaries: settings.binaries)
    }

    /// Files: whoever can restore a file tree can restore this.
    public var kind: ComponentKind { .files }

    /// Dumps every database, each as it is at one instant.
    ///
    /// - Throws: `E-PG-…` of the server, `E-DATABASE-NONE`, `E-SERVER-MISSING`, `E-PG-DUMP` when a dump is not whole, and what the session throws.
    public func backUp(
        into session: BackupSession,
        _ context: BackupContext
    ) async throws(Fault) -> BackupDraft {
        try await DumpRun(dumps: self, session: session, context: context).run()
    }

    /// Chooses the newest snapshot at or before the target; it goes into a folder, or into one compressed file.
    ///
    /// - Throws: `E-VALUE` when no place is named, `E-RESTORE-NOT-EMPTY`, `E-RESTORE-ROOM`, `E-IO-EXISTS`, `E-SNAPSHOT-NONE`.
    public func planRestore(_ request: RestoreRequest) async throws(Fault) -> RestorePlan {
        try await DumpRestore(name: name, request: request).plan()
    }

    /// Writes the dumps, each compared with what was stored.
    ///
    /// - Throws: what reading the vault and writing throw.
    public func restore(
        _ plan: RestorePlan,
        _ request: RestoreRequest,
        progress: ProgressReporter
    ) async throws(Fault) -> RestoreOutcome {
        try await DumpRestore(name: name, request: request).run(plan, progress)
    }
}
