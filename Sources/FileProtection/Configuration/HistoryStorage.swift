internal import FileTrees
internal import Model
internal import Protection
internal import SystemIO
internal import SystemPackage
internal import Vault

/// Puts a history into a session.
///
/// ```
/// objects of the previous snapshot ─┐
///                                   ├─▶ union, in one order ─▶ session
/// objects of the host's repository ─┘
/// ```
/// Objects never change, so one that the previous snapshot holds is not read again, whatever became of the host's; and one that the host
/// has lost stays. Where the host's history does not lead back to the commit of the previous snapshot, a reference keeps that one:
/// the whole history comes back though this host can read none of it.
final class HistoryStorage {
    private let session: BackupSession
    private let progress: ProgressReporter
    private let earlier: EarlierHistory
    private let reading: FileReading
    private let time: Instant
    private var folder = TreePath.root
    /// How many objects are missing.
    private(set) var problems = 0

    init(
        _ session: BackupSession,
        at time: Instant,
        progress: ProgressReporter
    ) async throws(Fault) {
        self.session = session
        self.time = time
        self.progress = progress
        reading = FileReading(session: session, progress: progress)
        earlier = try await EarlierHistory(session)
    }

    /// Stores all of it, with `commit` as its newest.
    func store(_ repository: GitRepository, commit: String) async throws(Fault) {
        try addFolder("")
        try await add("HEAD", "ref: \(GitRepository.branch)\n")
        try addFolder("objects")
        try await storeObjects(repository.directory.appending("objects"))
        try addFolder("refs")
        try addFolder("refs/heads")
        try await add(GitRepository.branch, "\(commit)\n")
        try await storeReferences(repository, commit)
        if let refusal = earlier.refusal {
            progress(.note("the earlier history was not looked at: \(refusal.message)"))
        }
    }

    private func storeObjects(_ directory: FilePath) async throws(Fault) {
        guard let place = TreePath(HistoryPlace.path("objects")) else {
            preconditionFailure("the place of objects is a path")
        }
        let scanner = try TreeScanner(
            roots: [TreeRoot(directory, place: place)],
            crossesMounts: false
        )
        try await scanner.scan { (found) throws(Fault) in
            switch found {
            case .problem(let problem): throw problem.fault
            case .omitted: break
            case .entry(let seen):
                guard seen.entry.kind == .file,
                    let inside = HistoryPlace.inside(seen.entry.path.bytes),
                    HistoryPlace.isObject(inside)
                else { return }
                try Cancellation.check("store a history")
                try await carry(before: seen.entry.path)
                try await object(seen)
            }
        }
        try await carry(before: nil)
    }

    /// Keeps the objects of the previous snapshot that the host has no longer, up to a path.
    private func carry(before end: TreePath?) async throws(Fault) {
        while let entry = earlier.object, let path = earlier.path {
            if let end, !(path < end) { return }
            if let content = session.content(of: entry) {
                try add(entry, content, at: path)
            } else {
                lack(path, "this host has lost it, and the vault has to store it anew")
            }
            try await earlier.advance()
        }
    }

    private func object(_ seen: ScannedEntry) async throws(Fault) {
        let path = seen.entry.path
        let known = earlier.path == path ? earlier.object : nil
        if known != nil { try await earlier.advance() }
        if let known, let content = session.content(of: known) {
            return try add(known, content, at: path)
        }
        switch try await reading.read(seen) {
        case .unreadable(let fault): lack(path, fault.message)
        case .stored(let entry, let content, _):
            if let known, known.digest != content.digest {
                return lack(path, "it is not what was stored before: the host's disk damaged it")
            }
            try add(ManifestEntry(entry), content, at: path)
        }
    }

    private func storeReferences(
        _ repository: GitRepository,
        _ commit: String
    ) async throws(Fault) {
        var names: Set<[UInt8]> = []
        for reference in earlier.references {
            guard let content = session.content(of: reference) else {
                problems += 1
                continue
            }
            names.insert(reference.path)
            try session.add(reference, content: content)
        }
        guard let last = session.previous?.head.facts["commit"],
            last.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }),
            try await !repository.isAncestor(last, of: commit)
        else { return }
        let name = "refs/heads/\(HistoryPlace.lostPrefix)\(last.prefix(12))"
        guard !names.contains(HistoryPlace.path(name)) else { return }
        progress(
            .note(
                "this host has lost the history up to commit \(last.prefix(12)); the vault keeps it, as '\(name)'"
            )
        )
        try await add(name, "\(last)\n")
    }

    private func lack(_ path: TreePath, _ fact: String) {
        problems += 1
        progress(.note("unable to keep '\(path)' of the history: \(fact)"))
    }

    private func add(
        _ entry: ManifestEntry,
        _ content: Content,
        at path: TreePath
    ) throws(Fault) {
        if path.parent != folder {
            folder = path.parent
            try session.add(made(folder.bytes, .directory, 0o700))
        }
        try session.add(entry, content: content)
    }

    private func add(_ name: String, _ text: String) async throws(Fault) {
        let bytes = Array(text.utf8)
        let writer = session.chunks(sizeHint: Int64(bytes.count))
        try await writer.write(bytes[...])
        let content = try await writer.finish()
        try session.add(made(HistoryPlace.path(name), .file, 0o600), content: content)
    }

    private func addFolder(_ name: String) throws(Fault) {
        let path = name.isEmpty ? Array(HistoryPlace.folder.utf8) : HistoryPlace.path(name)
        try session.add(made(path, .directory, 0o700))
    }

    private func made(_ path: [UInt8], _ kind: ManifestEntry.Kind, _ mode: UInt16) -> ManifestEntry
    {
        var entry = ManifestEntry(path: path, kind: kind, mode: mode)
        (entry.owner, entry.group) = (Account.current.uid, Account.current.gid)
        entry.modified = time
        return entry
    }
}
