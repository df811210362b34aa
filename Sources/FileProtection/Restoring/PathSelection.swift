internal import FileTrees
internal import Model
internal import Protection
internal import SystemIO
internal import SystemPackage
internal import Vault

/// Which entries of a snapshot come back: some paths with all that is below them, and the folders that lead there.
///
/// A file that is wanted only under a further name (a hard link) comes back under that name.
struct PathSelection: Sendable {
    /// The paths, none below another; empty for everything.
    let paths: [TreePath]
    /// How many files there are.
    private(set) var files = 0
    /// The bytes of their contents that are stored.
    private(set) var bytes: Int64 = 0
    /// Files outside, by the name inside that they come back under.
    private var newcomers: [TreePath: TreePath] = [:]

    /// Everything.
    static let everything = PathSelection(paths: [])

    private init(paths: [TreePath]) { self.paths = paths }

    /// Reads paths of the host that was backed up; one that leads to roots of the component means those.
    ///
    /// - Throws: `E-FILES-PATH` when the component protects nothing at or below one of them.
    init(_ paths: [FilePath], roots: [FilePath]) throws(Fault) {
        let places = roots.map { ProtectedRoots.place(of: $0) }
        var wanted: [TreePath] = []
        for path in paths {
            let place = ProtectedRoots.place(of: path.lexicallyNormalized())
            let below = places.filter { $0.isAtOrBelow(place) }
            guard path.isAbsolute,
                !below.isEmpty || places.contains(where: { place.isAtOrBelow($0) })
            else {
                throw Fault(
                    .pathMissing,
                    "unable to restore '\(path.displayed)': the snapshot is of \(roots.map(\.displayed).joined(separator: ", "))",
                    hints: ["Name an absolute path in there, as it was on the host."]
                )
            }
            wanted += below.isEmpty ? [place] : below
        }
        wanted = Set(wanted).sorted()
        self.paths = wanted.filter { path in
            !wanted.contains { $0 != path && path.isAtOrBelow($0) }
        }
    }

    /// Looks what the snapshot holds of it.
    ///
    /// - Throws: `E-FILES-PATH` when it does not hold one of the paths, and what reading the manifest throws.
    mutating func examine(
        _ manifest: ManifestReader,
        _ selects: (ManifestEntry) -> ManifestEntry?
    ) async throws(Fault) {
        var missing = Set(paths)
        while let entry = try await manifest.next() {
            try Cancellation.check("look into a snapshot")
            guard let entry = selects(entry), let path = TreePath(entry.path), isInside(path) else {
                continue
            }
            for wanted in paths where path.isAtOrBelow(wanted) { missing.remove(wanted) }
            if entry.kind == .file {
                files += 1
                bytes += entry.extents.reduce(0) { $0 + ($1.isHole ? 0 : $1.length) }
            } else if entry.kind == .hardLink, let first = TreePath(entry.target), !isInside(first),
                newcomers[first] == nil
            {
                newcomers[first] = path
                files += 1
            }
        }
        guard let path = missing.min() else { return }
        throw Fault(
            .pathMissing,
            "unable to restore '/\(path)': the snapshot does not hold it",
            hints: ["See where it was: lifeboat ls STACK/COMPONENT --all --find NAME"]
        )
    }

    /// An entry as it comes back; nil when it does not.
    func selected(_ entry: ManifestEntry) -> ManifestEntry? {
        guard !paths.isEmpty, let path = TreePath(entry.path) else { return entry }
        var entry = entry
        if isInside(path) {
            guard entry.kind == .hardLink, let first = TreePath(entry.target), !isInside(first)
            else {
                return entry
            }
            guard let newcomer = newcomers[first], newcomer != path else { return nil }
            entry.target = newcomer.bytes
            return entry
        }
        if entry.kind == .file, let name = newcomers[path] {
            entry.path = name.bytes
            return entry
        }
        let leadsThere = entry.kind == .directory && paths.contains { $0.isAtOrBelow(path) }
        return leadsThere ? entry : nil
    }

    private func isInside(_ path: TreePath) -> Bool {
        paths.isEmpty || paths.contains { path.isAtOrBelow($0) }
    }
}
