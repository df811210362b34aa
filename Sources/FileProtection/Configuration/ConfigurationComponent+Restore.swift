internal import FileTrees
public import Model
public import Protection
internal import SystemIO
internal import SystemPackage
internal import Vault

extension ConfigurationComponent {
    /// Finds out which snapshot is nearest and where its files, or its history, would go.
    ///
    /// - Throws: `E-RESTORE-NOT-EMPTY` when something is where files would go, `E-VALUE` for a history without a place to
    ///   go to, `E-RESTORE-ROOM`, `E-SNAPSHOT-NONE`, and what reading the vault throws.
    public func planRestore(_ request: RestoreRequest) async throws(Fault) -> RestorePlan {
        let snapshot = try await SnapshotChoice.newest(for: request)
        let facts = snapshot.head.facts
        guard restoresHistory else { return try await restoring(snapshot, request).plan() }
        guard request.destination != nil else {
            throw Fault(
                .invalidValue,
                "unable to restore the history of '\(name)': it has no place of its own",
                hints: ["Say where it goes: --history --to DIR.git"]
            )
        }
        let count = PlanText.count(Int(facts["commits"] ?? "") ?? 0, "commit")
        return try await restoring(snapshot, request).plan(
            "the history, \(count) up to \((facts["commit"] ?? "").prefix(12)),"
        )
    }

    /// Writes the files, or the history as a bare repository, reads each file back and compares it.
    ///
    /// After failure the place holds a part of it; nothing when the disk ran full.
    ///
    /// - Throws: what planning throws, when the place has changed since; what ``TreeRestorer`` throws.
    public func restore(
        _ plan: RestorePlan,
        _ request: RestoreRequest,
        progress: ProgressReporter
    ) async throws(Fault) -> RestoreOutcome {
        let outcome = try await restoring(plan.snapshot, request).run(progress: progress)
        guard restoresHistory, let place = request.destination else { return outcome }
        return RestoreOutcome(
            point: outcome.point,
            lines: outcome.lines + [
                "Look at it with: git --git-dir='\(place.displayed)' log --all --stat"
            ],
            problems: outcome.problems,
            bytes: outcome.bytes
        )
    }

    /// The places below the folder that other components bring back, or above it.
    private var yielded: [FilePath] {
        others.map { $0.lexicallyNormalized() }
            .filter { other in
                roots.paths.contains { other.starts(with: $0) || $0.starts(with: other) }
            }
    }

    private func restoring(_ snapshot: Snapshot, _ request: RestoreRequest) -> FilesRestoring {
        var restoring = FilesRestoring(
            snapshot: snapshot,
            request: request,
            rules: rules,
            own: own
        )
        if restoresHistory {
            restoring.selects = { entry in
                guard let inside = HistoryPlace.inside(entry.path), !inside.isEmpty else {
                    return nil
                }
                var entry = entry
                entry.path = inside
                return entry
            }
        } else {
            let others = request.destination == nil ? yielded : []
            let places = others.map { ProtectedRoots.place(of: $0) }
            restoring.sharesPlace = true
            restoring.notes = others.map {
                "leave '\($0.displayed)' to the component that protects it too"
            }
            restoring.selects = { entry in
                guard HistoryPlace.inside(entry.path) == nil else { return nil }
                guard let path = TreePath(entry.path) else { return entry }
                return places.contains { path.isAtOrBelow($0) } ? nil : entry
            }
        }
        return restoring
    }
}
