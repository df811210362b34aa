internal import FileTrees
internal import Model
internal import Protection
internal import Sealing
internal import SystemIO
internal import SystemPackage
internal import Vault

/// One backup of a secrets component.
final class SecretsBackup {
    private let component: SecretsComponent
    private let session: BackupSession
    private let previous: PreviousSecrets
    private let progress: ProgressReporter
    private let places: Set<TreePath>
    private var trail = FolderTrail()
    private var written: Set<[UInt8]> = []
    private var files = 0
    private var changed = 0
    private var problems = 0
    private var unreadRoots: [TreePath: Fault] = [:]
    private var lost: Set<TreePath> = []

    init(
        _ component: SecretsComponent,
        _ session: BackupSession,
        previous: PreviousSecrets,
        progress: ProgressReporter
    ) {
        self.component = component
        self.session = session
        self.previous = previous
        self.progress = progress
        places = Set(component.roots.paths.map { ProtectedRoots.place(of: $0) })
    }

    func run(clock: any Timekeeper) async throws(Fault) -> BackupDraft {
        let started = clock.now()
        progress(.phase("sealing"))
        let roots = component.roots.treeRoots(.none)
        try await TreeScanner(roots: roots, crossesMounts: true).scan { (visit) throws(Fault) in
            switch visit {
            case .entry(let seen): try await self.visit(seen)
            case .problem(let problem): note(problem.path, problem.fault)
            }
        }
        guard unreadRoots.count < places.count else { throw nothing() }
        if let refusal = previous.refusal {
            progress(.note("every secret was sealed anew: \(refusal.message)"))
        }
        var facts = component.roots.facts
        facts["files"] = "\(files)"
        facts["changed"] = "\(changed)"
        facts["recipients"] = component.recipientsFact
        return BackupDraft(time: started, facts: facts, problems: problems)
    }

    private func visit(_ seen: ScannedEntry) async throws(Fault) {
        let path = seen.entry.path
        if places.contains(path) { trail.begin(ProtectedRoots.folders(above: seen.entry)) }
        guard !path.bytes.isEmpty else { return }
        switch seen.entry.kind {
        case .file: try await file(seen)
        case .hardLink(let first):
            guard !lost.contains(first) else {
                return note(path, unnameable(seen, "its content could not be read"))
            }
            var entry = ManifestEntry(seen.entry)
            entry.path = SealedName.sealed(entry.path)
            entry.target = SealedName.sealed(entry.target)
            try add(entry, nil, seen)
        case .directory, .symbolicLink: try add(ManifestEntry(seen.entry), nil, seen)
        case .fifo, .socket, .characterDevice, .blockDevice:
            note(path, unnameable(seen, "it is not an ordinary file"))
        }
    }

    private func file(_ seen: ScannedEntry) async throws(Fault) {
        let path = seen.entry.path
        let plain: SecretReading.Plain
        do throws(Fault) {
            plain = try SecretReading.read(seen)
        } catch {
            lost.insert(path)
            return note(path, error)
        }
        var entry = ManifestEntry(plain.entry)
        entry.path = SealedName.sealed(entry.path)
        entry.secretTag = session.secretHasher.tag(of: plain.bytes)
        if let change = plain.change {
            entry.changedWhileRead = true
            changed += 1
            progress(.note(change.message))
        }
        let content: Content
        if let stored = previous.content(of: entry.path, tag: entry.secretTag, session) {
            content = stored
        } else {
            let sealed = try AgeFile.seal(plain.bytes, to: component.recipients)
            let writer = session.chunks(sizeHint: Int64(sealed.count))
            try await writer.write(sealed[...])
            content = try await writer.finish()
        }
        files += 1
        progress(.advanced(Int64(plain.bytes.count)))
        try add(entry, content, seen)
    }

    private func add(
        _ entry: ManifestEntry,
        _ content: Content?,
        _ seen: ScannedEntry
    ) throws(Fault) {
        for folder in trail.take(for: seen.entry.path) { try session.add(ManifestEntry(folder)) }
        guard written.insert(entry.path).inserted else {
            lost.insert(seen.entry.path)
            return note(seen.entry.path, unnameable(seen, "another name with .age is in its place"))
        }
        try session.add(entry, content: content)
    }

    private func note(_ path: TreePath, _ fault: Fault) {
        problems += 1
        if places.contains(path) { unreadRoots[path] = fault }
        progress(.note(fault.message))
    }

    private func unnameable(_ seen: ScannedEntry, _ fact: String) -> Fault {
        Fault(.filesUnreachable, "unable to seal '\(seen.source.displayed)': \(fact)")
    }

    private func nothing() -> Fault {
        let fault = unreadRoots.values.first
        return Fault(
            .filesUnreachable,
            "unable to back up '\(component.name)': none of its secrets can be read"
                + (fault.map { "; \($0.message)" } ?? ""),
            hints: ["Look whether the paths under `paths:` exist, and who may read them."],
            cause: fault
        )
    }
}
