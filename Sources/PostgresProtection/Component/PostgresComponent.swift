public import Model
public import Protection
public import SystemIO
public import Vault

/// A PostgreSQL cluster: base backups, its log, and recovery to a point in time.
public struct PostgresComponent: Component {
    /// Its name in the configuration.
    public let name: String
    /// How it is reached and protected.
    public let settings: PostgresSettings
    /// Who owns a restored data directory and runs a server on it; nil: this user, or `postgres` when this is root.
    public let account: Account?
    /// Whether a restore runs recovery at once, with a server of this host, and verifies the target reached.
    public let recovers: Bool
    /// What runs the server that recovers.
    public let runtime: any ServerRuntime

    /// Puts a component together; server programs are those of this host unless a runtime is given.
    public init(
        name: String,
        settings: PostgresSettings,
        account: Account? = nil,
        recovers: Bool = true,
        runtime: (any ServerRuntime)? = nil
    ) {
        self.name = name
        self.settings = settings
        self.account = account
        self.recovers = recovers
        self.runtime = runtime ?? LocalServers(binaries: settings.binaries)
    }

    /// A PostgreSQL cluster.
    public var kind: ComponentKind { .postgresql }

    /// Takes a base backup; returns when the log from its start to its stop is in the vault too.
    ///
    /// - Throws: `E-PG-…` of the server, `E-PG-FOREIGN` when it is another cluster than before, `E-PG-LOG`.
    public func backUp(
        into session: BackupSession,
        _ context: BackupContext
    ) async throws(Fault) -> BackupDraft {
        try await BaseBackupRun(settings: settings, context: context).run(into: session)
    }

    /// Chooses the base and the log for a target, and refuses what cannot be reached.
    ///
    /// - Throws: `E-TARGET-WINDOW` naming what can be reached, `E-RESTORE-NOT-EMPTY`, `E-RESTORE-ROOM`, `E-SNAPSHOT-NONE`.
    public func planRestore(_ request: RestoreRequest) async throws(Fault) -> RestorePlan {
        try await RecoveryPlanner(component: self, request: request).plan()
    }

    /// Lays the cluster out, and recovers it to the target when ``recovers`` says so.
    ///
    /// - Throws: `E-RECOVERY-FAILED` when the server did not reach the target; what reading the vault and writing throw.
    public func restore(
        _ plan: RestorePlan,
        _ request: RestoreRequest,
        progress: ProgressReporter
    ) async throws(Fault) -> RestoreOutcome {
        try await ClusterRestore(component: self, plan: plan, request: request, progress: progress)
            .run()
    }

    /// The server programs that a base backup is recovered with.
    ///
    /// - Throws: `E-SERVER-MISSING`.
    func programs(for base: BaseRecord) async throws(Fault) -> any ServerPrograms {
        try await runtime.postgres(major: base.major, image: image(of: base.snapshot))
    }

    /// The image that the server ran: a service of the component's own name is its server.
    func image(of snapshot: Snapshot) -> String? {
        snapshot.head.facts["service.\(name)"]
    }

    /// Whose a restored data directory will be; nil for this user: root never runs a server.
    ///
    /// A server in a container runs as an account of its image, of which only the number counts here.
    ///
    /// - Throws: `E-ACCOUNT-MISSING` when this is root, there is no `postgres`, and it is not recorded whose the original is.
    func serverAccount(for snapshot: Snapshot) throws(Fault) -> Account? {
        if let account { return account }
        guard Account.current.uid == 0 else { return nil }
        let numbers = (snapshot.head.facts[ServerProfile.ownerFact] ?? "").split { $0 == ":" }
            .compactMap { UInt32($0) }
        let owner =
            numbers.count == 2 && numbers[0] != 0
            ? Account(uid: numbers[0], gid: numbers[1], name: String(numbers[0])) : nil
        if image(of: snapshot) != nil, let owner { return owner }
        do throws(Fault) { return try Account.named("postgres") } catch {
            guard let owner else { throw error }
            return owner
        }
    }
}
