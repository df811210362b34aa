internal import FileTrees
internal import Model
internal import Protection
internal import SystemPackage
internal import Vault

/// Brings files of one snapshot back, to where they came from or below a folder.
struct FilesRestoring: Sendable {
    let snapshot: Snapshot
    let request: RestoreRequest
    /// Decides which entries are meant at all, and where they are in the tree.
    var selects: @Sendable (ManifestEntry) -> ManifestEntry? = { $0 }

    /// Finds out where the files would go, and refuses what cannot be done.
    ///
    /// - Throws: `E-RESTORE-NOT-EMPTY` when something is where files would go, `E-RESTORE-ROOM`, `E-IO-…`.
    func plan(_ files: String? = nil) throws(Fault) -> RestorePlan {
        let place = try place()
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
                "write \(files ?? "\(text.files), \(bytes),") \(whereTo)",
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
    func run(progress: ProgressReporter) async throws(Fault) -> RestoreOutcome {
        let place = try place()
        var restorer = TreeRestorer(
            request.vault,
            snapshot: snapshot,
            identities: request.identities,
            destination: place.folder,
            temporary: request.state
        )
        let selects = selects
        restorer.transform = { entry throws(Fault) in selects(entry).flatMap { place.place($0) } }
        let result = try await restorer.run(progress: progress)
        let files = PlanText.count(result.files, "file")
        return RestoreOutcome(
            point: snapshot.head.time,
            lines: [
                "\(files), \(result.bytes), written and compared with the snapshot of "
                    + "\(snapshot.head.time)"
            ],
            problems: result.problems,
            bytes: result.bytes
        )
    }

    private func place() throws(Fault) -> RestorePlace {
        try RestorePlace(
            destination: request.destination,
            roots: ProtectedRoots.paths(in: snapshot.head.facts)
        )
    }
}
