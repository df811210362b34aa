internal import Model
internal import PostgresWire
internal import Protection
internal import Vault

/// Plans a standby: which base, which log, and what the primary gives.
struct StandbyPlanner {
    let component: PostgresComponent
    let primary: PrimaryAddress
    let answer: PrimaryLook.Answer

    /// The name of the fact that says that the primary was there.
    static let reachable = "primary"

    func plan(_ request: RestoreRequest) async throws(Fault) -> RestorePlan {
        var request = request
        guard case .look(let look) = answer else {
            let plan = try await RecoveryPlanner(component: component, request: request).plan()
            return finished(plan, end: TimelinePath.planned(plan).1)
        }
        let log = try await LogReader(request.vault, stream: request.stream)
        let known = Set(log.pieces.map(\.epoch))
        let order = look.line.ancestors.map(\.timeline) + [look.line.timeline]
        if request.timeline == nil { request.timeline = order.last { known.contains($0) } }
        let plan = try await RecoveryPlanner(component: component, request: request).plan()
        let base = try BaseRecord(plan.snapshot)
        guard look.systemID == base.systemID else {
            throw Fault(
                .foreignCluster,
                "unable to build a standby of '\(look.target)': it is cluster \(look.systemID), the backup is of \(base.systemID)",
                hints: [
                    "Name the primary of the cluster that was backed up: --primary 'host=HOST port=PORT'."
                ]
            )
        }
        let (path, end) = TimelinePath.planned(plan)
        guard let limit = look.limit(on: path.last), limit >= base.stop else {
            throw Fault(
                .standbyLost,
                "unable to build a standby of '\(look.target)': the vault's log on timeline \(path.last) is not what"
                    + " that server has lived through",
                hints: [
                    "Name the server that the vault's log comes from, or take a base backup of this one first."
                ]
            )
        }
        return finished(plan, end: min(end, limit))
    }

    private func finished(_ plan: RestorePlan, end: LSN) -> RestorePlan {
        var facts = plan.facts
        facts["end"] = end.description
        let lines: [String]
        switch answer {
        case .look(let look):
            facts[Self.reachable] = look.target
            lines = [
                "slot '\(primary.slot)' on \(look.target) keeps the primary's log for it; it then follows from \(end)"
            ]
        case .absent(let fact):
            lines = [
                "the primary does not answer (\(fact)): it will follow it from \(end) when it comes, without a slot"
            ]
        }
        return RestorePlan(
            snapshot: plan.snapshot,
            destination: plan.destination,
            point: plan.point,
            notBefore: plan.notBefore,
            steps: plan.steps.filter { !$0.hasPrefix("replay ") } + lines,
            bytes: plan.bytes,
            facts: facts
        )
    }
}
