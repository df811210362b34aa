internal import FileTrees
internal import Model
internal import Protection
internal import SystemIO
internal import SystemPackage
internal import Vault

/// One backup of a files component.
final class FilesBackup {
    private let component: FilesComponent
    private let session: BackupSession
    private let previous: PreviousFiles
    private let progress: ProgressReporter
    private let reading: FileReading
    private let places: Set<TreePath>
    private var place = TreePath.root
    private var trail = FolderTrail()
    private var files = 0
    private var bytes: Int64 = 0
    private var changed = 0
    private var problems = 0
    private var unreadRoots: [TreePath: Fault] = [:]
    /// Files that are not in the snapshot though they were seen, so no hard link can name them.
    private var lost: Set<TreePath> = []

    init(
        _ component: FilesComponent,
        _ session: BackupSession,
        previous: PreviousFiles,
        progress: ProgressReporter
    ) {
        self.component = component
        self.session = session
        self.previous = previous
        self.progress = progress
        reading = FileReading(session: session, progress: progress)
        places = Set(component.roots.paths.map { ProtectedRoots.place(of: $0) })
    }

    func run(clock: any Timekeeper) async throws(Fault) -> BackupDraft {
        let started = clock.now()
        progress(.phase("reading"))
        let roots = component.roots.treeRoots(component.rules)
        try await TreeScanner(roots: roots, crossesMounts: true).scan { (visit) throws(Fault) in
            guard !Task.isCancelled else {
                throw Fault(
                    .cancelled,
                    "unable to back up '\(component.name)': the work was cancelled"
                )
            }
            switch visit {
            case .entry(let seen): try await self.visit(seen)
            case .problem(let problem): note(problem)
            }
        }
        try requireSomething()
        if let refusal = previous.refusal {
            progress(.note("every file was read: \(refusal.message)"))
        }
        return draft(started)
    }

    private func visit(_ seen: ScannedEntry) async throws(Fault) {
        let entry = seen.entry
        if places.contains(entry.path) {
            place = entry.path
            trail.begin(ProtectedRoots.folders(above: entry))
        }
        // The root of all file systems has no name that an entry could carry.
        guard !entry.path.bytes.isEmpty else { return }
        if entry.kind == .directory, !isTaken(entry) { return trail.wait(entry) }
        guard let (made, content) = try await stored(seen) else { return }
        for folder in trail.take(for: entry.path) { try session.add(ManifestEntry(folder)) }
        try session.add(made, content: content)
    }

    /// Whether a folder belongs to the snapshot for its own sake.
    private func isTaken(_ folder: TreeEntry) -> Bool {
        let names = folder.path.names.dropFirst(place.names.count)
        let relative = names.reduce(TreePath.root) { $0.appending($1) }
        return component.rules.includes(relative, isDirectory: true)
    }

    /// The manifest entry of something, its content stored; nil when it cannot be had.
    private func stored(
        _ seen: ScannedEntry
    ) async throws(Fault) -> (ManifestEntry, Content?)? {
        switch seen.entry.kind {
        case .file: return try await file(seen)
        case .hardLink(let first) where lost.contains(first):
            note(
                TreeProblem(
                    seen.entry.path,
                    .unreadable,
                    Fault(
                        .filesUnreachable,
                        "unable to read '\(seen.source.displayed)': "
                            + "its content could not be read under its other name '/\(first)'"
                    )
                )
            )
            return nil
        default: return (ManifestEntry(seen.entry), nil)
        }
    }

    private func file(_ seen: ScannedEntry) async throws(Fault) -> (ManifestEntry, Content?)? {
        if let content = try await previous.content(of: seen.entry) {
            count(content)
            progress(.advanced(content.size))
            return (ManifestEntry(seen.entry), content)
        }
        switch try await reading.read(seen) {
        case .unreadable(let fault):
            lost.insert(seen.entry.path)
            note(TreeProblem(seen.entry.path, .unreadable, fault))
            return nil
        case .stored(let entry, let content, let change):
            var made = ManifestEntry(entry)
            count(content)
            if let change {
                made.changedWhileRead = true
                changed += 1
                progress(.note(change.fault.message))
            }
            return (made, content)
        }
    }

    private func count(_ content: Content) {
        files += 1
        bytes += content.size
    }

    private func note(_ problem: TreeProblem) {
        problems += 1
        if places.contains(problem.path) { unreadRoots[problem.path] = problem.fault }
        progress(.note(problem.fault.message))
    }

    private func requireSomething() throws(Fault) {
        guard unreadRoots.count == places.count, let fault = unreadRoots.values.first else {
            return
        }
        throw Fault(
            .filesUnreachable,
            "unable to back up '\(component.name)': none of its paths can be read; \(fault.message)",
            hints: [
                "Look whether the paths under `paths:` exist and are mounted, and who may read them."
            ],
            cause: fault
        )
    }

    private func draft(_ started: Instant) -> BackupDraft {
        let earlier = session.previous.flatMap { Int($0.head.facts["files"] ?? "") } ?? 0
        if files == 0, earlier > 0 {
            progress(.note("no file is left of \(earlier); look whether everything is mounted"))
        }
        var facts = component.roots.facts
        facts["files"] = "\(files)"
        facts["bytes"] = "\(bytes)"
        facts["changed"] = "\(changed)"
        return BackupDraft(time: started, facts: facts, problems: problems)
    }
}
