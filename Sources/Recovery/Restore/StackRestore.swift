public import Model
public import Protection
internal import StackConfiguration
internal import SystemIO
internal import SystemPackage
internal import Vault

/// Brings the components of a stack back: first a plan, which changes nothing, then its execution.
public struct StackRestore: Sendable {
    /// How many components are restored at once.
    static let width = 2

    private let stack: Stack
    private let options: RestoreOptions

    /// Prepares a restore.
    public init(_ stack: Stack, _ options: RestoreOptions) {
        self.stack = stack
        self.options = options
    }

    /// Finds out what the restore would do, and changes nothing.
    ///
    /// - Throws: the first component's refusal, with those of the others as hints;
    ///   `E-COMPONENT-UNKNOWN`, `E-TARGET-AHEAD`, and what opening the vault throws.
    public func plan() async throws(Fault) -> StackRestorePlan {
        let selection = try stack.selection(options.components)
        if case .time(let moment) = options.target, moment > stack.clock.now() {
            throw Fault(
                .targetAhead,
                "unable to restore to \(moment): it lies in the future",
                hints: ["Leave --at out to go back to the newest point there is."]
            )
        }
        let vault = try await stack.openVault(expecting: options.vault)
        var steps: [StackRestorePlan.Step] = []
        var refusals: [Fault] = []
        for configured in selection.sorted(by: { $0.kind.restoreRank < $1.kind.restoreRank }) {
            do throws(Fault) {
                try Cancellation.check("plan the restore")
                steps.append(
                    try await step(configured, vault: vault, isAlone: selection.count == 1)
                )
            } catch { refusals.append(error) }
        }
        if let first = refusals.first {
            throw refusals.dropFirst().reduce(first) { $0.adding(hint: "Also: \($1.message).") }
        }
        return StackRestorePlan(vault: vault, target: options.target, steps: steps)
    }

    private func step(
        _ configured: ComponentConfiguration,
        vault: Vault,
        isAlone: Bool
    ) async throws(Fault) -> StackRestorePlan.Step {
        let component = try await stack.component(configured, for: options)
        let destination = options.destination.map {
            isAlone ? $0 : $0.appending(configured.name)
        }
        let request = RestoreRequest(
            vault: vault,
            stream: stack.stream(of: configured.name),
            target: options.target,
            destination: destination,
            identities: options.identities,
            state: try stack.workFolder(),
            clock: stack.clock
        )
        return StackRestorePlan.Step(
            component: component,
            request: request,
            plan: try await component.planRestore(request)
        )
    }

    /// Does what a plan says, independent components at once.
    ///
    /// A component's failure does not stop the others: it is in the summary.
    public func run(
        _ plan: StackRestorePlan,
        progress: @Sendable (String) -> ProgressReporter
    ) async -> RestoreSummary {
        let begin = BootClock.now()
        let works = plan.steps.map { Work(step: $0, progress: progress($0.name)) }
        let results = await works.concurrentlyMapped(width: Self.width) { await Self.run($0) }
        return RestoreSummary(results: results, duration: BootClock.now() - begin)
    }

    private struct Work: Sendable {
        let step: StackRestorePlan.Step
        let progress: ProgressReporter
    }

    private static func run(_ work: Work) async -> ComponentRestore {
        let step = work.step
        return await ComponentRestore.of(step.name, step.component.kind, to: "restore") {
            () async throws(Fault) in
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
