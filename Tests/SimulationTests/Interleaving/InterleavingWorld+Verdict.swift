import Model
import ObjectStorage
import TestKit
import Vault

extension InterleavingWorld {
    /// Looks at everything that is there when all have ended.
    func verdict(
        _ taken: [Interleaving.Turn],
        _ results: Results,
        _ trouble: Trouble
    ) async -> InterleavingOutcome {
        let findings = judge.findings
        var outcome = InterleavingOutcome(turns: taken)
        outcome.packsDeleted = findings.packs
        outcome.snapshotsDeleted = findings.snapshots
        outcome.spared = results.spared
        outcome.copied = results.copied
        outcome.complaints = findings.complaints
        outcome.collectorFaults = results.faults
        for fault in results.faults where !Self.mayRefuse(fault, trouble) {
            outcome.complaints.append("the collector failed: \(fault)")
        }
        for seat in 0..<collector {
            guard let end = results.ends[seat] else {
                outcome.complaints.append("\(seat) did not end")
                continue
            }
            outcome.results.append(end)
            if case .failure(let fault) = end, !Self.isReason(fault, trouble) {
                outcome.complaints.append("\(seat) failed: \(fault)")
            }
        }
        do throws(Fault) {
            try await judgeSnapshots(results, findings, &outcome)
        } catch { outcome.complaints.append("the vault cannot be read: \(error)") }
        return outcome
    }

    /// Whether a fault is one that a writer or copier may end with, and says what to do.
    private static func isReason(_ fault: Fault, _ trouble: Trouble) -> Bool {
        if fault.code == .crashed { return trouble.restarts > 0 }
        return [.doomed, .vanished].contains(fault.code) && !fault.hints.isEmpty
    }

    /// Whether a collector may end with a fault: only when its machine dies, or what it sees is strange.
    private static func mayRefuse(_ fault: Fault, _ trouble: Trouble) -> Bool {
        if fault.code == .crashed { return trouble.restarts > 0 }
        let isStrange = trouble.lag > 0 || trouble.collectors > 1
        if trouble.collectors > 1, fault.code == .streamBusy { return true }
        return isStrange && [.listingShort, .headsVanished].contains(fault.code)
    }

    /// Every snapshot that is there restores, and no stream has lost its last one.
    private func judgeSnapshots(
        _ results: Results,
        _ findings: DeletionJudge.Findings,
        _ outcome: inout InterleavingOutcome
    ) async throws(Fault) {
        let list = try await reader.vault.snapshots()
        outcome.complaints += list.refused.map(\.message)
        let contents = store.contents
        for snapshot in list.snapshots {
            let lost = snapshot.head.packs.filter {
                contents[VaultName.pack($0.id).objectName]?.count != $0.bytes
            }
            let seat = Int(snapshot.head.set) ?? copier
            guard lost.isEmpty else {
                // Time went by within the storing itself, which nothing can exclude; its writer knows. Or within a deletion.
                let isLate =
                    findings.stale.contains(snapshot.id.description) && hasFailed(seat, results)
                let isOverslept = lost.allSatisfy {
                    findings.overslept.contains(VaultName.pack($0.id).objectName.text)
                }
                if isLate || isOverslept {
                    outcome.late += 1
                } else {
                    outcome.complaints.append("'\(snapshot.id)' lost a pack")
                }
                continue
            }
            // What was there before restores as long as its packs are there: nothing writes to them.
            guard snapshot.head.set != "before" else { continue }
            let model =
                seat < scene.writers.count ? scene.writers[seat].files : scene.models[snapshot.id]
            if try await reader.restore(snapshot, workers: 1) != model {
                outcome.complaints.append("'\(snapshot.id)' restores to something else")
            }
        }
        for stream in scene.streams
        where !list.snapshots.contains(where: { $0.id.stream == stream }) {
            outcome.complaints.append("'\(stream)' has no snapshot any more")
        }
    }

    private func hasFailed(_ seat: Int, _ results: Results) -> Bool {
        if case .failure? = results.ends[seat] { return true }
        return results.crashed.contains(seat)
    }
}
