internal import FileTrees
internal import Model
internal import Protection
internal import SystemIO
internal import SystemPackage
internal import Vault

/// Brings files of one snapshot back, all or some, to where they came from or below a folder.
struct FilesRestoring: Sendable {
    let snapshot: Snapshot
    let request: RestoreRequest
    /// What the component takes; the rest is none of its business, and is never removed.
    var rules = PathRules.none
    /// What belongs to Lifeboat itself: never removed either.
    var own = OwnPlaces(paths: [])
    /// Whether other things may be at the place of origin, among which the files go; none of the files may be there.
    var sharesPlace = false
    /// Decides which entries are meant at all, and where they are in the tree.
    var selects: @Sendable (ManifestEntry) -> ManifestEntry? = { $0 }

    /// What else the plan says, a line each.
    var notes: [String] = []

    /// Whether something may be where files go.
    private var renews: Bool { request.isDelta || request.deletes }
    /// Whether the place of origin is one that others live in too.
    private var isShared: Bool { sharesPlace && request.destination == nil }
    private var roots: [FilePath] { ProtectedRoots.paths(in: snapshot.head.facts) }

    /// Finds out where the files would go and what would become of those that are there, and refuses what cannot be done.
    ///
    /// - Throws: `E-RESTORE-NOT-EMPTY` when something is where files would go, `E-FILES-PATH` when the snapshot does not hold
    ///   a path, `E-RESTORE-ROOM`, `E-IO-…`, and what reading the vault throws.
    func plan(_ files: String? = nil) async throws(Fault) -> RestorePlan {
        let selection = try await selection()
        let place = try place(selection)
        try await requireFree(selection, place)
        let bytes =
            selection.paths.isEmpty
            ? ByteCount(snapshot.head.sizes.source) : ByteCount(selection.bytes)
        let text = PlanText(snapshot: snapshot, target: request.target)
        let count = selection.paths.isEmpty ? text.files : PlanText.count(selection.files, "file")
        let whereTo =
            request.destination.map { "below '\($0.string)'" } ?? "where they came from"
        var steps = [text.choice] + text.shortcomings + notes
        if renews {
            steps += try await renewalSteps(selection, place)
        } else if selection.paths.isEmpty {
            try place.requireRoom(for: snapshot)
        } else {
            try place.requireRoom(for: bytes)
        }
        steps.append("write \(files ?? "\(count), \(bytes),") \(whereTo)")
        steps.append("read every file back and compare it with the snapshot")
        return RestorePlan(
            snapshot: snapshot,
            destination: place.folder,
            point: snapshot.head.time,
            steps: steps,
            bytes: bytes
        )
    }

    /// Writes the files, reads each back and compares it.
    ///
    /// After failure the place holds a part of the files; nothing when the disk ran full. Files that were there are then old ones, new
    /// ones or a mixture, and the same restore goes on.
    ///
    /// - Throws: what planning throws, when the place has changed since; what ``TreeRestorer`` throws.
    func run(progress: ProgressReporter) async throws(Fault) -> RestoreOutcome {
        let selection = try await selection()
        let place = try place(selection)
        try await requireFree(selection, place)
        let result = try await restorer(selection, place).run(progress: progress)
        let files = PlanText.count(result.files, "file")
        let kept = renews ? ", \(result.kept) of it there already" : ""
        return RestoreOutcome(
            point: snapshot.head.time,
            lines: [
                "\(files), \(result.bytes)\(kept), written and compared with the snapshot of "
                    + "\(snapshot.head.time)"
            ] + result.strangers,
            problems: result.problems,
            bytes: result.bytes
        )
    }

    private func selection() async throws(Fault) -> PathSelection {
        guard !request.paths.isEmpty else { return .everything }
        var selection = try PathSelection(request.paths, roots: roots)
        try await selection.examine(try await manifest(), selects)
        return selection
    }

    private func place(_ selection: PathSelection) throws(Fault) -> RestorePlace {
        try RestorePlace(
            destination: request.destination,
            roots: roots,
            paths: selection.paths,
            isTaken: renews || isShared
        )
    }

    /// Refuses a shared place where something is in the way of a file.
    private func requireFree(
        _ selection: PathSelection,
        _ place: RestorePlace
    ) async throws(Fault) {
        guard isShared, !renews else { return }
        let manifest = try await manifest()
        while let entry = try await manifest.next() {
            try Cancellation.check("look what is there")
            guard let placed = placed(entry, selection, place), let path = TreePath(placed.path),
                let status = try FileSystem.status(path.path(below: place.folder)),
                !(status.isDirectory && entry.kind == .directory)
            else { continue }
            throw Fault(
                .restoreNotEmpty,
                "unable to restore to '/\(path)': something is there",
                hints: [
                    "Restore it elsewhere with `--to DIRECTORY`, or let it take the place of what is there: --delta"
                ]
            )
        }
    }

    /// An entry where it goes; nil when it does not come back, or stays as it is there.
    private func placed(
        _ entry: ManifestEntry,
        _ selection: PathSelection,
        _ place: RestorePlace
    ) -> ManifestEntry? {
        selects(entry).flatMap { selection.selected($0) }.flatMap { place.place($0) }
    }

    private func manifest() async throws(Fault) -> ManifestReader {
        try await request.vault.manifest(of: snapshot, identities: request.identities)
    }

    private func restorer(_ selection: PathSelection, _ place: RestorePlace) -> TreeRestorer {
        var restorer = TreeRestorer(
            request.vault,
            snapshot: snapshot,
            identities: request.identities,
            destination: place.folder,
            temporary: request.state
        )
        restorer.ownership = .possible(numeric: request.keepsNumbers)
        restorer.transform = { entry throws(Fault) in placed(entry, selection, place) }
        if renews { restorer.spares = spares(selection, place) }
        return restorer
    }

    /// What is never removed: everything, unless asked; then what is outside of the paths, what the component does not
    /// take, and what is Lifeboat's own.
    private func spares(
        _ selection: PathSelection,
        _ place: RestorePlace
    ) -> @Sendable (TreePath) -> Bool {
        guard request.deletes else { return { _ in true } }
        let sites = sites(selection, place)
        let (rules, own) = (rules, own.realPaths)
        let folder = (try? FileSystem.resolved(place.folder)) ?? place.folder
        return { path in
            guard let site = sites.first(where: { path.isAtOrBelow($0.end) }) else {
                // What leads to a site is looked into, and holds something.
                return !sites.contains { $0.end.isAtOrBelow(path) }
            }
            let host = path.path(below: folder)
            if own.contains(host) { return true }
            if path == site.root { return false }
            let inside = path.names.dropFirst(site.root.names.count)
                .reduce(TreePath.root) { $0.appending($1) }
            let isFolder = (try? FileSystem.status(host))?.isDirectory == true
            return rules.excludes(inside, isDirectory: isFolder)
        }
    }

    /// A path that comes back, and the root that it is in, where they are below the place.
    private struct Site: Sendable {
        let root: TreePath
        let end: TreePath
        let origin: TreePath
    }

    private func sites(_ selection: PathSelection, _ place: RestorePlace) -> [Site] {
        let roots = roots.map { ProtectedRoots.place(of: $0) }
        return (selection.paths.isEmpty ? roots : selection.paths).compactMap { path in
            guard let root = roots.first(where: { path.isAtOrBelow($0) }) else { return nil }
            return Site(root: place.target(root), end: place.target(path), origin: path)
        }
    }

    private func renewalSteps(
        _ selection: PathSelection,
        _ place: RestorePlace
    ) async throws(Fault) -> [String] {
        let comparison = try await restorer(selection, place).comparison(progress: .silent)
        if comparison.other > comparison.present {
            try place.requireRoom(for: ByteCount(comparison.other.bytes - comparison.present.bytes))
        }
        let kept = PlanText.count(comparison.keptFiles, "file")
        let others = PlanText.count(comparison.otherFiles, "file")
        var steps = [
            "keep \(kept), \(comparison.kept), that are what they should be",
            "write \(others), \(comparison.other), in place of what is there under their names",
        ]
        guard request.deletes else { return steps }
        var surplus = Surplus()
        let isSpared = spares(selection, place)
        try await surplus.find(
            at: surplusRoots(selection, place),
            omitting: own.paths,
            beside: try await manifest()
        ) { entry in
            selects(entry).flatMap { selection.selected($0) }
        } sparing: {
            isSpared(place.target($0))
        }
        let names = surplus.names.joined(separator: ", ")
        let rest = surplus.count > surplus.names.count ? ", …" : ""
        steps.append(
            surplus.count == 0
                ? "remove nothing: the snapshot holds all that is there"
                : "remove \(PlanText.count(surplus.count, "file")) that the snapshot does not hold: \(names)\(rest)"
        )
        return steps
    }

    /// What is there now of the paths that come back, as a backup would see it.
    private func surplusRoots(_ selection: PathSelection, _ place: RestorePlace) -> [TreeRoot] {
        sites(selection, place).compactMap { site in
            let path = site.end.path(below: place.folder)
            guard (try? FileSystem.status(path))?.isDirectory == true else { return nil }
            // Patterns are seen from the root, so they tell only there.
            return TreeRoot(
                path,
                place: site.origin,
                rules: site.end == site.root ? rules : .none
            )
        }
    }
}
