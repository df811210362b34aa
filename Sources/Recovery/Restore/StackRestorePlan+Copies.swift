internal import Model
internal import ObjectStorage
internal import Protection
internal import Vault

extension StackRestorePlan.Step {
    /// The same step, read from other copies of the vault.
    func reading(_ vault: Vault) -> StackRestorePlan.Step {
        var request = request
        request.vault = request.vault.acceptsRevoked ? vault.acceptingRevoked : vault
        return StackRestorePlan.Step(
            component: component,
            request: request,
            plan: plan,
            passedOver: passedOver,
            notes: notes
        )
    }

    /// Whether a copy has the snapshot and the log that the plan needs, by their names.
    ///
    /// - Throws: what the store throws.
    func isComplete(in vault: Vault) async throws(Fault) -> Bool {
        guard let name = ObjectName(plan.snapshot.id.description),
            try await vault.store.status(name) != nil
        else { return false }
        guard component.kind == .postgresql, let end = LSN(plan.facts["end"] ?? ""),
            let epoch = UInt32(plan.facts["timeline"] ?? "")
        else { return true }
        let log = try await LogReader(vault, stream: request.stream)
        return log.coverage(epoch: epoch).ranges.last?.upperBound ?? 0 >= end.value
    }
}

extension UnitedCopies {
    /// The same copies, those first that have everything which some steps need.
    ///
    /// A copy that cannot be asked counts as one that has not.
    func preferring(
        completeFor steps: [StackRestorePlan.Step]
    ) async throws(Fault) -> UnitedCopies {
        guard copies.count > 1 else { return self }
        var complete: Set<String> = []
        for copy in copies {
            do throws(Fault) {
                var isComplete = true
                for step in steps where isComplete {
                    isComplete = try await step.isComplete(in: copy.vault)
                }
                if isComplete { complete.insert(copy.name) }
            } catch  where error.code != .cancelled { continue }
        }
        return preferring(complete)
    }
}
