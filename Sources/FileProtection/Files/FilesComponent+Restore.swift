internal import FileTrees
public import Model
public import Protection
internal import SystemPackage
internal import Vault

extension FilesComponent {
    /// Finds out which snapshot is nearest and where its files would go.
    ///
    /// - Throws: `E-RESTORE-NOT-EMPTY` when something is where files would go, `E-RESTORE-ROOM`, `E-SNAPSHOT-NONE`,
    ///   and what reading the vault throws.
    public func planRestore(_ request: RestoreRequest) async throws(Fault) -> RestorePlan {
        let snapshot = try await SnapshotChoice.newest(
            of: request.stream,
            in: request.vault,
            at: request.target,
            only: request.only
        )
        let place = try place(of: snapshot, request)
        let bytes = ByteCount(snapshot.head.sizes.source)
        try place.requireRoom(for: snapshot)
        let text = PlanText(snapshot: snapshot, target: request.target)
        let whereTo =
            request.destination.map { "below '\($0.string)'" } ?? "where they came from"
        return RestorePlan(
            snapshot: snapshot,
            destination: place.folder,
            point: snapshot.head.time,
            steps: [text.choice] + text.shortcomings + [
                "write \(text.files), \(bytes), \(whereTo)",
                "read every file back and compare it with the snapshot",
            ],
            bytes: bytes
        )
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
        let place = try place(of: plan.snapshot, request)
        var restorer = TreeRestorer(
            request.vault,
            snapshot: plan.snapshot,
            identities: request.identities,
            destination: place.folder,
            temporary: request.state
        )
        restorer.transform = { entry throws(Fault) in place.place(entry) }
        let result = try await restorer.run(progress: progress)
        let files = PlanText.count(result.files, "file")
        return RestoreOutcome(
            point: plan.snapshot.head.time,
            lines: [
                "\(files), \(result.bytes), written and compared with the snapshot of "
                    + "\(plan.snapshot.head.time)"
            ],
            problems: result.problems,
            bytes: result.bytes
        )
    }

    private func place(
        of snapshot: Snapshot,
        _ request: RestoreRequest
    ) throws(Fault) -> RestorePlace {
        try RestorePlace(
            destination: request.destination,
            roots: ProtectedRoots.paths(in: snapshot.head.facts)
        )
    }
}
