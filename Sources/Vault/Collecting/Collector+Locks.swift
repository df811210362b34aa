internal import Model
internal import ObjectStorage

extension Collector {
    /// Prolongs the locks of all that stays: snapshots that are kept, the packs that they name, and the log.
    ///
    /// What is given up is not prolonged, so that it can be deleted once its lock is over.
    func prolongLocks(
        _ survey: Survey,
        _ decided: [StreamName: StreamDecisions],
        _ logs: [LogPlan],
        now: Instant,
        _ report: inout CollectionReport
    ) async {
        guard let locks else { return }
        do throws(Fault) {
            let dropped = Set(
                decided.values.flatMap { stream in
                    zip(stream.heads, stream.decisions).filter { !$0.1.isKept }.map(\.0.id)
                }
            )
            var needed = survey.heads.filter { !dropped.contains($0.id) }
                .map { LockKeeper.Needed(name: $0.id.objectName, stored: $0.stored) }
            for pack in survey.packs.entries
            where pack.use.contains(.kept) && !pack.use.contains(.gone) {
                let name = VaultName.pack(pack.id).objectName
                needed.append(LockKeeper.Needed(name: name, stored: pack.stored))
            }
            let unneeded = Set(
                logs.flatMap { log in
                    (log.past + log.covered.flatMap(\.parts)).map(\.name)
                }
            )
            try await vault.store.list("log/") { info in
                guard VaultName(info.name) != nil, !unneeded.contains(info.name) else { return }
                needed.append(LockKeeper.Needed(info))
            }
            report.locks = try await locks.keep(needed, now: now)
        } catch { report.findings.append(error) }
    }

    /// Clears away what interrupted uploads left.
    func removeLeftovers(_ report: inout CollectionReport) async {
        do throws(Fault) {
            report.leftovers = try await vault.store.removeLeftovers(olderThan: Self.youth)
        } catch { report.findings.append(error) }
    }
}
