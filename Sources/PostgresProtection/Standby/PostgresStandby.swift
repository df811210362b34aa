public import Model
public import Protection
public import Vault

/// A PostgreSQL cluster of which a hot standby is built from the vault.
///
/// It is restored like any other, but for its end: it gets the log that the vault holds in its `pg_wal`, as if it had received it,
/// and the settings with which it goes on from there with its primary.
public struct PostgresStandby: Component {
    private let component: PostgresComponent
    private let primary: PrimaryAddress

    /// Puts a standby together.
    public init(of component: PostgresComponent, following primary: PrimaryAddress) {
        self.component = component
        self.primary = primary
    }

    /// Its name in the configuration.
    public var name: String { component.name }

    /// A PostgreSQL cluster.
    public var kind: ComponentKind { .postgresql }

    /// Backs the cluster up, which its standby is no part of.
    public func backUp(
        into session: BackupSession,
        _ context: BackupContext
    ) async throws(Fault) -> BackupDraft {
        try await component.backUp(into: session, context)
    }

    /// Chooses the base and the log, on the line of timelines that the primary follows, if it can be asked.
    ///
    /// - Throws: `E-PG-FOREIGN` when the primary is another cluster, `E-STANDBY-LOST` when the vault's log has gone another way,
    ///   `E-PG-…` when the primary is there and refuses; as the plan of a restore.
    public func planRestore(_ request: RestoreRequest) async throws(Fault) -> RestorePlan {
        let answer = try PrimaryLook.ask(primary, clock: request.clock)
        return try await StandbyPlanner(component: component, primary: primary, answer: answer)
            .plan(request)
    }

    /// Builds the standby; a server that is started on it then follows its primary.
    ///
    /// After failure no slot is left that this has made, as long as the primary can be reached.
    ///
    /// - Throws: `E-LOG-GAP` when the primary no longer has what follows the vault's log, `E-PG-…`; as a restore.
    public func restore(
        _ plan: RestorePlan,
        _ request: RestoreRequest,
        progress: ProgressReporter
    ) async throws(Fault) -> RestoreOutcome {
        try await StandbyRun(
            component: component,
            primary: primary,
            plan: plan,
            request: request,
            progress: progress
        ).run()
    }
}
