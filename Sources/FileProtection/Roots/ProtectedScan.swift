internal import FileTrees
internal import Model
internal import Protection
internal import SystemIO
internal import SystemPackage
internal import Vault

/// One scan of what a component protects, and the books that are kept on the way.
final class ProtectedScan {
    private let name: String
    private let roots: ProtectedRoots
    private let rules: PathRules
    private let own: OwnPlaces
    private let progress: ProgressReporter
    private let places: Set<TreePath>
    private var place = TreePath.root
    private var trail = FolderTrail()
    private var unreadRoots: [TreePath: Fault] = [:]
    /// Files that are not in the snapshot though they were seen, so no hard link can name them.
    private var lost: Set<TreePath> = []
    /// How many paths could not be read.
    private(set) var problems = 0

    init(
        of name: String,
        _ roots: ProtectedRoots,
        rules: PathRules,
        own: OwnPlaces,
        progress: ProgressReporter
    ) {
        self.name = name
        self.roots = roots
        self.rules = rules
        self.own = own
        self.progress = progress
        places = Set(roots.paths.map { ProtectedRoots.place(of: $0) })
    }

    /// Visits everything that the rules take, and the folders on the way to it.
    ///
    /// - Throws: `E-FILES-OWN` when a root belongs to Lifeboat, `E-FILES-NONE` when no root can be read, `E-CANCELLED`,
    ///   and what `visit` throws.
    func run(_ visit: (ScannedEntry) async throws(Fault) -> Void) async throws(Fault) {
        try own.refuse(roots, of: name)
        let scanner = try TreeScanner(
            roots: roots.treeRoots(rules),
            crossesMounts: true,
            omitting: own.paths
        )
        try await scanner.scan { (found) throws(Fault) in
            try Cancellation.check("back up '\(name)'")
            switch found {
            case .entry(let seen): try await enter(seen, visit)
            case .problem(let problem): note(problem.path, problem.fault)
            case .omitted(let path, let source):
                guard !places.contains(path) else {
                    throw OwnPlaces.refusal(source, of: name)
                }
                progress(.note("'\(source.displayed)' is left out: it is Lifeboat's own"))
            }
        }
        try requireSomething()
    }

    private func enter(
        _ seen: ScannedEntry,
        _ visit: (ScannedEntry) async throws(Fault) -> Void
    ) async throws(Fault) {
        let path = seen.entry.path
        if places.contains(path) {
            place = path
            trail.begin(ProtectedRoots.folders(above: seen.entry))
        }
        // The root of all file systems has no name that an entry could carry.
        guard !path.bytes.isEmpty else { return }
        if seen.entry.kind == .directory, !isTaken(path) { return trail.wait(seen.entry) }
        try await visit(seen)
    }

    /// Whether a folder belongs to the snapshot for its own sake.
    private func isTaken(_ folder: TreePath) -> Bool {
        let names = folder.names.dropFirst(place.names.count)
        let relative = names.reduce(TreePath.root) { $0.appending($1) }
        return rules.includes(relative, isDirectory: true)
    }

    /// Puts an entry into a session, after the folders on the way to `path` that are not there yet.
    func add(
        _ entry: ManifestEntry,
        _ content: Content?,
        at path: TreePath,
        to session: BackupSession
    ) throws(Fault) {
        for folder in trail.take(for: path) { try session.add(ManifestEntry(folder)) }
        try session.add(entry, content: content)
    }

    /// Counts a path that could not be read, and tells why.
    func note(_ path: TreePath, _ fault: Fault) {
        problems += 1
        if places.contains(path) { unreadRoots[path] = fault }
        progress(.note(fault.message))
    }

    /// The same of a file; further names of it cannot be kept either.
    func lose(_ path: TreePath, _ fault: Fault) {
        lost.insert(path)
        note(path, fault)
    }

    /// Whether the content of a file is missing, so that no hard link can name it.
    func isLost(_ path: TreePath) -> Bool { lost.contains(path) }

    private func requireSomething() throws(Fault) {
        guard unreadRoots.count == places.count, let fault = unreadRoots.values.first else {
            return
        }
        throw Fault(
            .filesUnreachable,
            "unable to back up '\(name)': none of its paths can be read; \(fault.message)",
            hints: [
                "Look whether the paths under `paths:` exist and are mounted, and who may read them."
            ],
            cause: fault
        )
    }
}
