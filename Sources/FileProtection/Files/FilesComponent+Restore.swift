public import Model
public import Protection
internal import Vault

extension FilesComponent {
    /// Finds out which snapshot is nearest and where its files, or some of them, would go.
    ///
    /// - Throws: `E-RESTORE-NOT-EMPTY` when something is where files would go, `E-FILES-PATH`, `E-RESTORE-ROOM`,
    ///   `E-SNAPSHOT-NONE`, and what reading the vault throws.
    public func planRestore(_ request: RestoreRequest) async throws(Fault) -> RestorePlan {
        let snapshot = try await SnapshotChoice.newest(for: request)
        return try await restoring(snapshot, request).plan()
    }

    /// Writes the files, reads each back and compares it.
    ///
    /// After failure the place holds a part of the files; nothing when the disk ran full.
    ///
    /// - Throws: what planning throws, when the place has changed since; what ``TreeRestorer`` throws.
    public func restore(
        _ plan: RestorePlan,
        _ request: RestoreRequest,
        progress: ProgressReporter
    ) async throws(Fault) -> RestoreOutcome {
        try await restoring(plan.snapshot, request).run(progress: progress)
    }

    private func restoring(_ snapshot: Snapshot, _ request: RestoreRequest) -> FilesRestoring {
        FilesRestoring(snapshot: snapshot, request: request, rules: rules, own: own)
    }
}
