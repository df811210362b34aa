internal import FileTrees
internal import Model
internal import Protection
internal import SystemIO
internal import SystemPackage
internal import Vault

/// One backup of a configuration.
///
/// ```
/// scan ─▶ file, whole, in memory ─▶ SecretScanner ──clean──┬─▶ session: the file
///                                        │ secret          └─▶ git fast-import ─▶ quarantine ─▶ commit ─▶ repository
///                                        ▼                                                                  │
///                                     refused                               session: the history ◀──────────┘
/// ```
final class ConfigurationBackup {
    /// The most findings that a refusal names.
    private static let mostNamed = 30

    private let component: ConfigurationComponent
    private let session: BackupSession
    private let context: BackupContext
    private let scan: ProtectedScan
    private let scanner: SecretScanner
    private let root: TreePath
    private var findings: [SecretFinding] = []
    private var files = 0
    private var bytes: Int64 = 0
    private var changed = 0

    init(
        _ component: ConfigurationComponent,
        _ session: BackupSession,
        _ context: BackupContext
    ) async {
        self.component = component
        self.session = session
        self.context = context
        scanner = SecretScanner(known: await KnownSecrets(component.secretFiles))
        root = ProtectedRoots.place(of: component.roots.paths[0])
        scan = ProtectedScan(
            of: component.name,
            component.roots,
            rules: component.rules,
            own: component.own,
            progress: context.progress
        )
    }

    func run() async throws(Fault) -> BackupDraft {
        let started = context.clock.now()
        let place = context.state.appending("history").appending("\(component.name).git")
        let repository = try await GitRepository(at: place)
        let parent = try await repository.head()
        let made: (commit: String, isNew: Bool)
        do throws(Fault) {
            let quarantine = try await repository.quarantine()
            try await importFiles(quarantine)
            made = try await repository.commit(
                quarantine,
                after: parent,
                unread: scan.problems,
                at: started
            )
            try repository.removeQuarantine()
        } catch {
            try? repository.removeQuarantine()
            throw error
        }
        context.progress(.phase("storing"))
        let time = try await repository.time(of: made.commit)
        let storage = try await HistoryStorage(session, at: time, progress: context.progress)
        try await storage.store(repository, commit: made.commit)
        var draft = BackupDraft(
            time: started,
            facts: try await facts(repository, made.commit),
            problems: scan.problems + storage.problems + emptiness
        )
        await note(made.commit, isNew: made.isNew, place, &draft)
        await push(repository, &draft)
        return draft
    }

    private func importFiles(_ quarantine: GitProgram) async throws(Fault) {
        context.progress(.phase("reading"))
        let command = quarantine.command([
            "-c", "fastimport.unpackLimit=1", "fast-import", "--quiet", "--done",
        ])
        let result: (ending: Command.Ending, fault: Fault?)
        do throws(Fault) {
            result = try await command.feed { pipe async throws(Fault) in
                try pipe.write(ImportStream.begin)
                try await scan.run { (seen) throws(Fault) in
                    let piece = try await visit(seen)
                    for bytes in piece { try pipe.write(bytes) }
                }
                // A stream without its end is no commit.
                guard findings.isEmpty else { return }
                try pipe.write(ImportStream.end)
            }
        } catch { throw GitProgram.explained(error) }
        try refuseSecrets()
        if let fault = result.fault, fault.code != .systemFailed || result.ending.status.isSuccess {
            throw fault
        }
        guard result.ending.status.isSuccess else {
            throw quarantine.failure(
                "fast-import",
                "\(result.ending.status)",
                result.ending.errorText
            )
        }
    }

    /// Takes what a scan came across into the session; what git gets of it, in pieces.
    private func visit(_ seen: ScannedEntry) async throws(Fault) -> [[UInt8]] {
        let path = seen.entry.path
        switch seen.entry.kind {
        case .file: return try await file(seen)
        case .symbolicLink(let target):
            try scan.add(ManifestEntry(seen.entry), nil, at: path, to: session)
            return [ImportStream.link(inside(path), target: target)]
        case .hardLink(let first):
            guard !scan.isLost(first) else {
                scan.note(
                    path,
                    Fault(
                        .filesUnreachable,
                        "unable to read '\(seen.source.displayed)': its content could not be read"
                    )
                )
                return []
            }
            // Its content was looked at under its first name, which may be a harmless one.
            if let rule = SecretName.rule(path.lastName?.bytes ?? []) {
                findings.append(
                    SecretFinding(path: seen.source.displayed, line: nil, rule: rule)
                )
            }
            guard findings.isEmpty else { return [] }
            try scan.add(ManifestEntry(seen.entry), nil, at: path, to: session)
            return [ImportStream.further(inside(path), of: inside(first))]
        case .directory, .fifo, .socket, .characterDevice, .blockDevice:
            // git knows none of them; the snapshot does.
            try scan.add(ManifestEntry(seen.entry), nil, at: path, to: session)
            return []
        }
    }

    private func file(_ seen: ScannedEntry) async throws(Fault) -> [[UInt8]] {
        let path = seen.entry.path
        let plain: WholeReading.Plain
        do throws(Fault) {
            plain = try WholeReading.read(seen, limit: ConfigurationComponent.limit)
        } catch {
            scan.lose(path, error)
            return []
        }
        let found = scanner.findings(
            in: plain.bytes,
            path: seen.source.displayed,
            name: path.lastName?.bytes ?? []
        )
        findings += found
        // What follows a secret is looked at, and goes nowhere any more.
        guard findings.isEmpty else { return [] }
        var entry = ManifestEntry(plain.entry)
        if let change = plain.change {
            entry.changedWhileRead = true
            changed += 1
            context.progress(.note(change.message))
        }
        let writer = session.chunks(sizeHint: Int64(plain.bytes.count))
        try await plain.write(to: writer)
        try scan.add(entry, try await writer.finish(), at: path, to: session)
        files += 1
        bytes += Int64(plain.bytes.count)
        context.progress(.advanced(Int64(plain.bytes.count)))
        let head = ImportStream.file(
            inside(path),
            isExecutable: entry.mode & 0o100 != 0,
            size: plain.bytes.count
        )
        return [head, plain.bytes, ImportStream.afterFile]
    }

    /// A path as the history names it: seen from the protected folder.
    private func inside(_ path: TreePath) -> [UInt8] {
        guard path != root else { return path.lastName?.bytes ?? [] }
        return Array(path.bytes.dropFirst(root.bytes.isEmpty ? 0 : root.bytes.count + 1))
    }

    private func refuseSecrets() throws(Fault) {
        guard !findings.isEmpty else { return }
        let count = PlanText.count(findings.count, "place")
        var hints = findings.prefix(Self.mostNamed).map(\.text)
        if findings.count > Self.mostNamed {
            hints.append("… and \(findings.count - Self.mostNamed) more")
        }
        throw Fault(
            .historySecret,
            "unable to commit '\(component.name)': \(count) in it would put a secret into its history",
            hints: hints + [
                "Put it into a file of a `kind: secrets` component and refer to it (${NAME}), leave the file out with `exclude:`, or write lifeboat:allow on a line that holds none."
            ]
        )
    }

    /// 1 when files were there before and none is any more: an empty mount point looks like this.
    private var emptiness: Int {
        let earlier = session.previous.flatMap { Int($0.head.facts["files"] ?? "") } ?? 0
        guard files == 0, earlier > 0 else { return 0 }
        context.progress(.note("no file is left of \(earlier); look whether everything is mounted"))
        return 1
    }

    private func facts(
        _ repository: GitRepository,
        _ commit: String
    ) async throws(Fault) -> [String: String] {
        var facts = component.roots.facts
        facts["files"] = "\(files)"
        facts["bytes"] = "\(bytes)"
        facts["holes"] = "0"
        facts["changed"] = "\(changed)"
        facts["history"] = "git"
        facts["commit"] = commit
        facts["commits"] = "\(try await repository.count(to: commit))"
        return facts
    }

    /// Tells what was committed here, and what is not committed where the files come from.
    private func note(
        _ commit: String,
        isNew: Bool,
        _ place: FilePath,
        _ draft: inout BackupDraft
    ) async {
        let short = commit.prefix(12)
        context.progress(.note(isNew ? "commit \(short)" : "nothing changed since commit \(short)"))
        let found: WorkTreeStatus?
        do throws(Fault) {
            found = try await WorkTreeStatus.read(
                around: component.roots.paths[0],
                scratch: FilePath(place.string + ".look")
            )
        } catch {
            // It is somebody else's: what is wrong with it stops nothing here.
            return context.progress(.note(error.message))
        }
        guard let status = found else { return }
        draft.facts["source.commit"] = status.commit
        draft.facts["source.uncommitted"] = "\(status.count)"
        guard status.count > 0 else { return }
        let names = status.paths.joined(separator: ", ")
        let rest = status.count > status.paths.count ? ", …" : ""
        context.progress(
            .note(
                "the stack's own repository has \(PlanText.count(status.count, "path")) not committed: \(names)\(rest)"
            )
        )
    }

    private func push(_ repository: GitRepository, _ draft: inout BackupDraft) async {
        guard let remote = component.remote else { return }
        context.progress(.phase("pushing"))
        do throws(Fault) {
            try await remote.push(repository)
        } catch { draft.findings.append(error) }
    }
}
