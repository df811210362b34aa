public import Model
internal import Protection
internal import StackConfiguration
internal import SystemIO
internal import SystemPackage
internal import Vault

/// Brings the components of a stack back: first a plan, which changes nothing, then its execution.
public struct StackRestore: Sendable {
    /// How many components are restored at once.
    static let width = 2

    let stack: Stack
    let options: RestoreOptions

    /// Prepares a restore.
    public init(_ stack: Stack, _ options: RestoreOptions) {
        self.stack = stack
        self.options = options
    }

    /// Finds out what the restore would do, and changes nothing.
    ///
    /// - Throws: the first component's refusal, with those of the others and the command that brings back the rest as hints;
    ///   `E-COMPONENT-UNKNOWN`, `E-TARGET-AHEAD`, `E-TARGET-LOG` for a point of a log, a timeline or tablespaces without exactly one PostgreSQL,
    ///   `E-COPY-UNKNOWN`, and what opening the copies throws when none is there.
    public func plan() async throws(Fault) -> StackRestorePlan {
        if let name = options.snapshot { return try await plan(named: name) }
        let selection = try orderedSelection()
        let copies = try await stack.copiesToRead(options.copy, expecting: options.vault)
        var steps: [StackRestorePlan.Step] = []
        var refusals: [Fault] = []
        var moment: Instant?
        for configured in selection {
            guard let target = target(of: configured, reachedAt: moment) else { continue }
            do throws(Fault) {
                try Cancellation.check("plan the restore")
                let isAlone = selection.count == 1
                let step = try await step(
                    configured,
                    copies,
                    target,
                    isAlone: isAlone
                )
                moment = moment ?? step.plan.notBefore
                steps.append(step)
            } catch { refusals.append(error) }
        }
        if let first = refusals.first {
            throw refusal(first, refusals.dropFirst(), possible: steps.map(\.name))
        }
        let best = try await copies.preferring(completeFor: steps)
        return StackRestorePlan(
            copies: best,
            target: options.target,
            moment: steps.count > 1 ? moment : nil,
            steps: steps.map { $0.reading(best.vault) },
            services: try await servicePlan(steps),
            thing: try options.thing?.text()
        )
    }

    /// One refusal for the whole: nothing comes back without what was asked for too, unless a person says so.
    private func refusal(
        _ first: Fault,
        _ others: some Sequence<Fault>,
        possible names: [String]
    ) -> Fault {
        let all = others.reduce(first) { $0.adding(hint: "Also: \($1.message).") }
        guard !names.isEmpty else { return all }
        if names.count == 1, let destination = options.destination {
            // One component alone goes into the folder itself.
            let place = destination.appending(names[0]).displayed
            return all.adding(
                hint:
                    "What can come back, with the same flags but --to: lifeboat restore \(stack.configuration.stack)/\(names[0]) --to \(place)"
            )
        }
        let rest = names.map { "\(stack.configuration.stack)/\($0)" }.joined(separator: " ")
        return all.adding(
            hint: "What can come back, with the same flags: lifeboat restore \(rest)"
        )
    }

    /// The components that are asked for, in the order in which they begin; the target is one that a restore can have.
    func orderedSelection() throws(Fault) -> [ComponentConfiguration] {
        let selection = try stack.selection(options.components)
            .filter { !options.components.isEmpty || !$0.isDump }
            .sorted { $0.kind.restoreRank < $1.kind.restoreRank }
        try refuseTarget(selection)
        return options.thing == nil ? selection : [try onlyCluster(selection)]
    }

    /// The snapshot that one component begins with, found without reading any pack.
    func beginning(
        of configured: ComponentConfiguration,
        _ copies: UnitedCopies,
        _ target: RecoveryTarget
    ) async throws(Fault) -> (snapshot: Snapshot, notBefore: Instant?) {
        guard configured.kind == .postgresql else {
            let stream = stack.stream(of: configured.name)
            return (
                try await SnapshotChoice.newest(of: stream, in: copies.vault, at: target), nil
            )
        }
        let plan = try await step(configured, copies, target, isAlone: false).plan
        return (plan.snapshot, plan.notBefore)
    }

    /// Refuses a target that no restore of these components can have.
    private func refuseTarget(_ selection: [ComponentConfiguration]) throws(Fault) {
        if let point = options.target.inLog { try requireOneLog(selection, for: point) }
        if let timeline = options.timeline {
            try requireOneLog(selection, for: "timeline \(timeline)")
        }
        if !options.tablespaces.isEmpty { try requireOneLog(selection, for: "other tablespaces") }
        if options.bringsHistory { try requireHistory(selection) }
        if let redis = options.redis { try requireRedis(selection, for: redis) }
        if options.standby != nil {
            try requireCluster(selection, for: "a standby")
        } else {
            try refuseRenewal(selection)
        }
        if case .time(let moment) = options.target, moment > stack.clock.now() {
            throw Fault(
                .targetAhead,
                "unable to restore to \(moment): it lies in the future",
                hints: ["Leave --at out to go back to the newest point there is."]
            )
        }
    }

    /// A delta takes over a data directory, and a standby is one: of one cluster, at a place that a person named, or
    /// where it came from when its server is a service that is stopped first.
    func requireCluster(
        _ selection: [ComponentConfiguration],
        for purpose: String,
        mayStayThere: Bool = false
    ) throws(Fault) {
        guard selection.map(\.kind) == [.postgresql], mayStayThere || options.destination != nil
        else {
            let name = stack.configuration.stack
            throw Fault(
                .invalidValue,
                "unable to restore '\(name)' as \(purpose): that takes one PostgreSQL component and a folder",
                hints: ["Name both: \(name)/COMPONENT --to DIR"]
            )
        }
    }

    /// A point of a log, a timeline and tablespaces are those of one cluster.
    private func requireOneLog(
        _ selection: [ComponentConfiguration],
        for target: String
    ) throws(Fault) {
        let logged = selection.filter { $0.kind == .postgresql }
        guard logged.count != 1 else { return }
        let names = selection.map { "\($0.name) (\($0.kind.rawValue))" }
        let stack = stack.configuration.stack
        throw Fault(
            .targetWithoutLog,
            logged.isEmpty
                ? "unable to restore '\(stack)' to \(target): there is no PostgreSQL among \(names.joined(separator: ", "))"
                : "unable to restore '\(stack)' to \(target): it has \(logged.count) PostgreSQL clusters, each with a log of its own",
            hints: logged.map { "Name one of them: \(stack)/\($0.name)" }
                + ["Or go back to a time, which all kinds know: --at '2h ago'"]
        )
    }

    /// What one component goes back to; nil when that cannot be told.
    ///
    /// Some targets are points of one cluster's log. What has no log goes back to its snapshot nearest before the moment
    /// at which the cluster had certainly come no further.
    func target(
        of configured: ComponentConfiguration,
        reachedAt moment: Instant?
    ) -> RecoveryTarget? {
        guard options.target.inLog != nil, configured.kind != .postgresql else {
            return options.target
        }
        return moment.map { .time($0) }
    }

    func step(
        _ configured: ComponentConfiguration,
        _ copies: UnitedCopies,
        _ target: RecoveryTarget,
        only: SnapshotID? = nil,
        vault: Vault? = nil,
        isAlone: Bool
    ) async throws(Fault) -> StackRestorePlan.Step {
        let component = try await stack.component(configured, for: options)
        let destination = options.destination.map {
            isAlone || options.thing != nil ? $0 : $0.appending(configured.name)
        }
        if let destination { try refuseOwnPlace(destination) }
        var request = RestoreRequest(
            vault: vault ?? copies.vault,
            stream: stack.stream(of: configured.name),
            target: target,
            destination: destination,
            identities: options.identities,
            state: try stack.workFolder(),
            clock: stack.clock
        )
        request.only = only
        request.timeline = options.timeline
        request.isExclusive = options.isExclusive
        request.tablespaces = options.tablespaces
        request.isDelta = options.isDelta
        request.stopsServers = stopsServices
        request.paths = options.paths
        request.deletes = options.deletes
        request.keepsNumbers = options.keepsNumbers
        var plan = try await component.planRestore(request)
        if let caution = SafetyCopy.caution(plan.snapshot) { plan.steps.insert(caution, at: 0) }
        var found: (damage: [String], notes: [String]) = ([], [])
        if only == nil {
            found = try await PassedOver(stack, copies).findings(after: plan.snapshot, target)
        }
        return StackRestorePlan.Step(
            component: component,
            request: request,
            plan: plan,
            passedOver: found.damage,
            notes: found.notes
        )
    }

    /// Refuses a place within a copy or the state folder: what is restored there would be taken for a part of it.
    private func refuseOwnPlace(_ destination: FilePath) throws(Fault) {
        var place = destination
        while place.parent != place, (try? FileSystem.resolved(place)) == nil {
            place = place.parent
        }
        let real = (try? FileSystem.resolved(place)) ?? place
        let own = stack.ownPlaces.first { own in
            real.starts(with: (try? FileSystem.resolved(own)) ?? own)
        }
        guard let own else { return }
        throw Fault(
            .ownPlace,
            "unable to restore to '\(destination.displayed)': '\(own.displayed)' is Lifeboat's own",
            hints: ["Name a place outside of the copies and of the state folder with --to."]
        )
    }

    /// Brings the components back.
    func bringBack(
        _ plan: StackRestorePlan,
        progress: @Sendable (String) -> ProgressReporter
    ) async -> RestoreSummary {
        let begin = BootClock.now()
        for step in plan.steps {
            // A server that runs as another user must be able to pass through to its folder. What cannot be made here fails
            // the component, which says so.
            try? FileSystem.makeDirectories(step.plan.destination.parent, mode: 0o711)
        }
        let works = plan.steps.map { Work(step: $0, progress: progress($0.name)) }
        let results = await works.concurrentlyMapped(width: Self.width) { await Self.run($0) }
        return RestoreSummary(
            results: results,
            duration: BootClock.now() - begin,
            findings: plan.copies.findings,
            passedOver: plan.steps.flatMap { step in step.passedOver.map { "\(step.name): \($0)" } }
                + plan.copies.vault.hostFaults.map(\.message),
            used: plan.copies.used
        )
    }

    private struct Work: Sendable {
        let step: StackRestorePlan.Step
        let progress: ProgressReporter
    }

    private static func run(_ work: Work) async -> ComponentRestore {
        let step = work.step
        return await ComponentRestore.of(step.name, step.component.kind, to: "restore") {
            _ async throws(Fault) in
            try await step.component.restore(step.plan, step.request, progress: work.progress)
        }
    }
}

extension ComponentKind {
    /// The largest and slowest first, so that the small ones run beside it.
    fileprivate var restoreRank: Int {
        switch self {
        case .postgresql: 0
        case .redis: 1
        case .files: 2
        case .secrets: 3
        }
    }
}
