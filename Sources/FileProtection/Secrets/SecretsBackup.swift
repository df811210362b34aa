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
    private let scan: ProtectedScan
    private var written: Set<[UInt8]> = []
    private var files = 0
    private var changed = 0

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
        scan = ProtectedScan(
            of: component.name,
            component.roots,
            rules: .none,
            own: component.own,
            progress: progress
        )
    }

    func run(clock: any Timekeeper) async throws(Fault) -> BackupDraft {
        let started = clock.now()
        progress(.phase("sealing"))
        try await scan.run { (seen) throws(Fault) in try await visit(seen) }
        if let refusal = previous.refusal {
            progress(.note("every secret was sealed anew: \(refusal.message)"))
        }
        var facts = component.roots.facts
        facts["files"] = "\(files)"
        facts["changed"] = "\(changed)"
        facts["recipients"] = component.recipientsFact
        return BackupDraft(time: started, facts: facts, problems: scan.problems)
    }

    private func visit(_ seen: ScannedEntry) async throws(Fault) {
        let path = seen.entry.path
        switch seen.entry.kind {
        case .file: try await file(seen)
        case .hardLink(let first):
            guard !scan.isLost(first) else {
                return scan.note(path, unnameable(seen, "its content could not be read"))
            }
            var entry = ManifestEntry(seen.entry)
            entry.path = SealedName.sealed(entry.path)
            entry.target = SealedName.sealed(entry.target)
            try add(entry, nil, seen)
        case .directory, .symbolicLink: try add(ManifestEntry(seen.entry), nil, seen)
        case .fifo, .socket, .characterDevice, .blockDevice:
            scan.note(path, unnameable(seen, "it is not an ordinary file"))
        }
    }

    private func file(_ seen: ScannedEntry) async throws(Fault) {
        let path = seen.entry.path
        let plain: WholeReading.Plain
        do throws(Fault) {
            plain = try WholeReading.read(seen, limit: SecretsComponent.limit)
        } catch { return scan.lose(path, error) }
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
        let path = seen.entry.path
        guard written.insert(entry.path).inserted else {
            return scan.lose(path, unnameable(seen, "another name with .age is in its place"))
        }
        try scan.add(entry, content, at: path, to: session)
    }

    private func unnameable(_ seen: ScannedEntry, _ fact: String) -> Fault {
        Fault(.filesUnreachable, "unable to seal '\(seen.source.displayed)': \(fact)")
    }
}
