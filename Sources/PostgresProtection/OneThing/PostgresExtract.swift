internal import FoundationEssentials
public import Model
public import Protection
internal import SystemIO
public import SystemPackage
public import Vault

/// Brings one table or one database back out of a cluster's backup: the cluster is recovered in a private place, read there, and removed.
public struct PostgresExtract: Component {
    /// The cluster.
    public let cluster: PostgresComponent
    /// What is brought back, and where it goes.
    public let thing: PostgresThing

    /// Puts the two together.
    ///
    /// - Throws: `E-VALUE` for a wish that makes no sense.
    public init(cluster: PostgresComponent, thing: PostgresThing) throws(Fault) {
        self.cluster = cluster
        self.thing = thing
        guard let fact = thing.contradiction else { return }
        throw Fault(.invalidValue, "unable to restore \(thing): \(fact)")
    }

    /// The cluster's name in the configuration.
    public var name: String { cluster.name }

    /// A PostgreSQL cluster.
    public var kind: ComponentKind { .postgresql }

    /// Backs the cluster up.
    ///
    /// - Throws: as ``PostgresComponent/backUp(into:_:)``.
    public func backUp(
        into session: BackupSession,
        _ context: BackupContext
    ) async throws(Fault) -> BackupDraft {
        try await cluster.backUp(into: session, context)
    }

    /// Chooses the base and the log, and refuses what is known to be impossible before anything is restored.
    ///
    /// The request's destination is the folder in which the scratch cluster gets a folder of its own.
    ///
    /// - Throws: as ``PostgresComponent/planRestore(_:)``; `E-SERVER-MISSING`, `E-RESTORE-PLACE`, `E-IO-EXISTS`.
    public func planRestore(_ request: RestoreRequest) async throws(Fault) -> RestorePlan {
        let parent = request.destination ?? Self.usualParent
        let place = ScratchPlace.proposed(in: parent)
        let plan = try await cluster.planRestore(inner(request, at: place))
        try requireFree()
        let what = thing.condition.map { "\(thing), the rows where \($0)" } ?? "\(thing)"
        return RestorePlan(
            snapshot: plan.snapshot,
            destination: place,
            point: plan.point,
            notBefore: plan.notBefore,
            steps: plan.steps + [
                "\(what), to \(thing.place)", manner, "the scratch cluster is removed",
            ],
            bytes: plan.bytes,
            facts: plan.facts
        )
    }

    /// Where large temporary things go that outlive a restart.
    public static let usualParent: FilePath = "/var/tmp"

    /// Recovers, reads, and removes the scratch cluster, whatever came of it.
    ///
    /// - Throws: `E-TABLE-NONE`, `E-DATABASE-NONE`, `E-RESTORE-PLACE`, `E-PG-DUMP`, `E-PG-FILL`, and as
    ///   ``PostgresComponent/restore(_:_:progress:)``. Then the live server is as it was.
    public func restore(
        _ plan: RestorePlan,
        _ request: RestoreRequest,
        progress: ProgressReporter
    ) async throws(Fault) -> RestoreOutcome {
        let parent = plan.destination.parent
        for fault in ScratchPlace.sweep(parent, now: request.clock.now()).faults {
            progress(.note("what a killed run left is still there: \(fault.message)"))
        }
        let place = try ScratchPlace(
            making: plan.destination,
            for: try cluster.serverAccount(for: plan.snapshot),
            notedIn: request.state
        )
        let outcome: RestoreOutcome
        do throws(Fault) {
            outcome = try await extract(plan, request, progress)
        } catch {
            do throws(Fault) { try place.remove() } catch let left {
                throw error.adding(hint: "The scratch cluster is still there: \(left.message).")
            }
            throw error
        }
        do throws(Fault) { try place.remove() } catch {
            return RestoreOutcome(
                point: outcome.point,
                lines: outcome.lines,
                problems: outcome.problems + [
                    "the scratch cluster is still there: \(error.message)"
                ],
                bytes: outcome.bytes
            )
        }
        return outcome
    }

    private func extract(
        _ plan: RestorePlan,
        _ request: RestoreRequest,
        _ progress: ProgressReporter
    ) async throws(Fault) -> RestoreOutcome {
        let data = Self.data(in: plan.destination)
        let base = try BaseRecord(plan.snapshot)
        let recovered = try await ClusterRestore(
            component: cluster,
            plan: RestorePlan(
                snapshot: plan.snapshot,
                destination: data,
                point: plan.point,
                notBefore: plan.notBefore,
                steps: plan.steps,
                bytes: plan.bytes,
                facts: plan.facts
            ),
            request: inner(request, at: plan.destination),
            progress: progress,
            isThrownAway: true
        ).run()
        progress(.phase("reading"))
        let server = ScratchServer(
            data: data,
            programs: try await cluster.programs(for: base),
            account: try cluster.serverAccount(for: plan.snapshot),
            major: base.major,
            state: request.state
        )
        let lines = try await server.serve { session async throws(Fault) in
            try await ThingCopy(thing: thing, live: live, session: session).run()
        }
        return RestoreOutcome(
            point: recovered.point,
            lines: lines,
            problems: recovered.problems,
            bytes: plan.bytes
        )
    }

    /// What the cluster itself is asked for.
    private func inner(_ request: RestoreRequest, at place: FilePath) -> RestoreRequest {
        var inner = RestoreRequest(
            vault: request.vault,
            stream: request.stream,
            target: request.target,
            destination: Self.data(in: place),
            identities: request.identities,
            state: request.state,
            clock: request.clock
        )
        inner.only = request.only
        inner.timeline = request.timeline
        inner.isExclusive = request.isExclusive
        return inner
    }

    private static func data(in place: FilePath) -> FilePath { place.appending("data") }

    private var live: LiveServer { LiveServer(settings: cluster.settings) }

    /// Refuses what is known to be taken; where the table's database is not known yet, only the scratch cluster tells.
    private func requireFree() throws(Fault) {
        switch (thing.place, thing.subject) {
        case (.output, _): return
        case (.file(let path), _):
            guard try FileSystem.status(path) == nil else {
                throw .unable("write file", path, .fileExists)
            }
        case (.table(let name), .table(let table, let database)):
            guard let database else { return }
            let name = TableName(schema: name.schema ?? table.schema, table: name.table)
            try live.requireFree(name, in: database)
        case (.database(let name), .database): try live.requireFree(name)
        case (.database(let name), .table(let table, _)):
            try live.requireFree(table, in: name)
        case (.table, .database): return
        }
    }

    /// How it is brought back.
    private var manner: String {
        switch (thing.place, thing.subject) {
        case (.output, _), (.file, _):
            thing.isDataOnly
                ? "as SQL that fills it where it is" : "as SQL that makes and fills it"
        case (.table(let name), .table(let table, _)) where name.table != table.table:
            "with columns and rows, without indexes, defaults, constraints and triggers"
        default: "as pg_dump writes it; nothing that is there is replaced"
        }
    }
}
