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
    private let scan: ProtectedScan
    private var files = 0
    private var bytes: Int64 = 0
    private var holes: Int64 = 0
    private var changed = 0

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
        scan = ProtectedScan(
            of: component.name,
            component.roots,
            rules: component.rules,
            own: component.own,
            progress: progress
        )
    }

    func run(clock: any Timekeeper) async throws(Fault) -> BackupDraft {
        let started = clock.now()
        progress(.phase("reading"))
        try await scan.run { (seen) throws(Fault) in try await visit(seen) }
        if let refusal = previous.refusal {
            progress(.note("every file was read: \(refusal.message)"))
        }
        return draft(started)
    }

    private func visit(_ seen: ScannedEntry) async throws(Fault) {
        guard let (made, content) = try await stored(seen) else { return }
        try scan.add(made, content, at: seen.entry.path, to: session)
    }

    /// The manifest entry of something, its content stored; nil when it cannot be had.
    private func stored(
        _ seen: ScannedEntry
    ) async throws(Fault) -> (ManifestEntry, Content?)? {
        switch seen.entry.kind {
        case .file: return try await file(seen)
        case .hardLink(let first) where scan.isLost(first):
            scan.note(
                seen.entry.path,
                Fault(
                    .filesUnreachable,
                    "unable to read '\(seen.source.displayed)': "
                        + "its content could not be read under its other name '/\(first)'"
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
            scan.lose(seen.entry.path, fault)
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
        holes += content.holes
    }

    private func draft(_ started: Instant) -> BackupDraft {
        var problems = scan.problems
        let earlier = session.previous.flatMap { Int($0.head.facts["files"] ?? "") } ?? 0
        if files == 0, earlier > 0 {
            // An empty mount point looks like this. The snapshot counts as incomplete, so that it pushes out no good one.
            progress(.note("no file is left of \(earlier); look whether everything is mounted"))
            problems += 1
        }
        var facts = component.roots.facts
        facts["files"] = "\(files)"
        facts["bytes"] = "\(bytes)"
        facts["holes"] = "\(holes)"
        facts["changed"] = "\(changed)"
        return BackupDraft(time: started, facts: facts, problems: problems)
    }
}
