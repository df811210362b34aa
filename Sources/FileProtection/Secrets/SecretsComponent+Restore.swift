internal import FileTrees
public import Model
public import Protection
internal import SystemPackage
internal import Vault

extension SecretsComponent {
    /// Finds out which snapshot is nearest, where its secrets would go, and whether they can be opened.
    ///
    /// - Throws: `E-RESTORE-NOT-EMPTY` when something is where secrets would go, `E-KEY-WRONG` when no identity opens
    ///   them, `E-SNAPSHOT-NONE`, and what reading the vault throws.
    public func planRestore(_ request: RestoreRequest) async throws(Fault) -> RestorePlan {
        let snapshot = try await SnapshotChoice.newest(for: request)
        let place = try place(of: snapshot, request)
        try place.requireRoom(for: snapshot)
        if !restoreSealed { try await openFirst(snapshot, request) }
        let text = PlanText(snapshot: snapshot, target: request.target)
        let whereTo =
            request.destination.map { "below '\($0.string)'" } ?? "where they came from"
        let form = restoreSealed ? "sealed, as age files," : "opened"
        return RestorePlan(
            snapshot: snapshot,
            destination: place.folder,
            point: snapshot.head.time,
            steps: [text.choice] + text.shortcomings + [
                "write \(text.files), \(form) \(whereTo)",
                "read every file back and compare it",
            ],
            bytes: ByteCount(snapshot.head.sizes.source)
        )
    }

    /// Writes the secrets with mode 0600, reads each back, then gives it its owner and mode.
    ///
    /// After failure the place holds a part of the secrets; nothing when the disk ran full.
    ///
    /// - Throws: what planning throws, when the place has changed since; what reading the vault and writing throw.
    public func restore(
        _ plan: RestorePlan,
        _ request: RestoreRequest,
        progress: ProgressReporter
    ) async throws(Fault) -> RestoreOutcome {
        let place = try place(of: plan.snapshot, request)
        if restoreSealed { return try await restoreSealed(plan, request, place, progress) }
        let restore = try SecretsRestore(plan.snapshot, request, place)
        try await restore.run(progress: progress)
        let count = PlanText.count(restore.files, "secret")
        return RestoreOutcome(
            point: plan.snapshot.head.time,
            lines: ["\(count) opened and written, as of \(plan.snapshot.head.time)"]
                + restore.strangers,
            problems: restore.problems,
            bytes: restore.bytes
        )
    }

    private func restoreSealed(
        _ plan: RestorePlan,
        _ request: RestoreRequest,
        _ place: RestorePlace,
        _ progress: ProgressReporter
    ) async throws(Fault) -> RestoreOutcome {
        var restorer = TreeRestorer(
            request.vault,
            snapshot: plan.snapshot,
            identities: request.identities,
            destination: place.folder,
            temporary: request.state
        )
        restorer.ownership = .possible(numeric: request.keepsNumbers)
        restorer.transform = { entry throws(Fault) in place.place(entry) }
        let result = try await restorer.run(progress: progress)
        let count = PlanText.count(result.files, "secret")
        return RestoreOutcome(
            point: plan.snapshot.head.time,
            lines: [
                "\(count) written sealed, as of \(plan.snapshot.head.time); `age -d` opens each"
            ] + result.strangers,
            problems: result.problems,
            bytes: result.bytes
        )
    }

    /// Opens the first secret in memory, so that a wrong key is told before anything is written.
    private func openFirst(
        _ snapshot: Snapshot,
        _ request: RestoreRequest
    ) async throws(Fault) {
        let manifest = try await request.vault.manifest(
            of: snapshot,
            identities: request.identities
        )
        let contents = try ContentReader(
            request.vault,
            snapshot: snapshot,
            identities: request.identities
        )
        while let entry = try await manifest.next() {
            guard entry.kind == .file else { continue }
            _ = try await SecretsRestore.open(
                entry,
                contents,
                pageKey: manifest.pageKey,
                identities: request.identities
            )
            return
        }
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
