internal import Model
public import Protection
internal import Services
internal import StackConfiguration

extension StackRestore {
    /// Whether the places of the components themselves are written to, so that nobody else may work there meanwhile.
    var isInPlace: Bool {
        // A running server that takes its own data over must go on running.
        options.thing == nil && options.standby == nil && options.redis?.isLive != true
            && (options.destination == nil || options.isDelta)
    }

    /// Whether services are stopped first.
    var stopsServices: Bool {
        isInPlace && !options.leavesServices && !stack.configuration.services.isEmpty
    }

    /// What the restore of some components does with the services of the stack; nil when it leaves them alone.
    ///
    /// - Throws: `E-SERVICE-…`, `E-ENGINE-…`, `E-COMMAND-…`.
    func servicePlan(_ steps: [StackRestorePlan.Step]) async throws(Fault) -> ServicePlan? {
        guard stopsServices else { return nil }
        return try await StackServices(stack).plan(for: steps.map(\.name))
    }

    /// Does what a plan says, between the stop of services and their start where it says so; independent components at once.
    ///
    /// A component's failure does not stop the others: it is in the summary. When services do not stop, nothing is restored. What may
    /// use a component that did not come back whole is not started. At last the copies are told what came back whole.
    public func run(
        _ plan: StackRestorePlan,
        progress: @Sendable (String) -> ProgressReporter
    ) async -> RestoreSummary {
        var summary = await runBetweenServices(plan, progress: progress)
        // Behind the start of the services: a copy that has died meanwhile must not keep them down.
        summary.untold = await RestoreMemory(stack).remember(
            summary.results,
            of: plan,
            options,
            took: summary.duration
        )
        return summary
    }

    private func runBetweenServices(
        _ plan: StackRestorePlan,
        progress: @Sendable (String) -> ProgressReporter
    ) async -> RestoreSummary {
        guard let services = plan.services else { return await bringBack(plan, progress: progress) }
        var done: RestoreSummary?
        do throws(Fault) {
            let names = plan.steps.map(\.name)
            let ending = try await StackServices(stack).stop(services, for: names) {
                let summary = await bringBack(plan, progress: progress)
                done = summary
                return summary.unfinished
            }
            var summary = done ?? Self.refused(plan, ending.refusal)
            summary.services = ending
            return summary
        } catch { return Self.refused(plan, error) }
    }

    /// The summary of a restore that was not begun.
    private static func refused(_ plan: StackRestorePlan, _ fault: Fault?) -> RestoreSummary {
        let fault =
            fault
            ?? Fault(.serviceStop, "unable to restore: the services do not stop")
        return RestoreSummary(
            results: plan.steps.map { step in
                ComponentRestore(
                    name: step.name,
                    kind: step.component.kind,
                    result: .failure(fault),
                    duration: .zero
                )
            },
            duration: .zero
        )
    }
}
