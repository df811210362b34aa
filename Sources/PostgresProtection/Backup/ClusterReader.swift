internal import Model
internal import PostgresWire
internal import Protection
internal import SystemIO
internal import SystemPackage
internal import Vault

/// Walks a data directory between start and stop of a backup, and puts what belongs into a session.
///
/// Files that vanish meanwhile were dropped, and replay drops them too. A file is read as far as it reaches when it is
/// opened: what comes later is in the log.
final class ClusterReader {
    /// Pages whose checksum was wrong twice, in words.
    private(set) var damagedPages: [String] = []
    private let session: BackupSession
    private let context: BackupContext
    private let exclusions: BackupExclusions
    private let start: LSN?

    init(
        _ session: BackupSession,
        context: BackupContext,
        exclusions: BackupExclusions,
        verifying start: LSN?
    ) {
        self.session = session
        self.context = context
        self.exclusions = exclusions
        self.start = start
    }

    /// Reads a folder and what is below it.
    func read(_ folder: borrowing Directory, prefix: String) async throws(Fault) {
        let names = try folder.names()
        let texts = Set(names.map { prefix + String(describing: $0) })
        for name in names {
            guard let status = try folder.status(of: name) else { continue }
            let path = prefix + String(describing: name)
            switch exclusions.decision(for: path) {
            case .exclude, .last: continue
            case .emptyDirectory: try addDirectory(path, status)
            case .includeUnless(let initialFork) where texts.contains(initialFork): continue
            case .include, .includeUnless: try await include(name, path, status, in: folder)
            }
        }
    }

    private func include(
        _ name: FileName,
        _ path: String,
        _ status: FileStatus,
        in folder: borrowing Directory
    ) async throws(Fault) {
        switch status.kind {
        case .directory:
            try addDirectory(path, status)
            try await read(try folder.child(name), prefix: path + "/")
        case .symbolicLink where path.hasPrefix("pg_tblspc/"):
            // The content of a tablespace is stored below its link's path; a restore makes the link anew.
            let target = FilePath(bytes: try folder.readLink(name))
            try await read(try Directory.open(target), prefix: path + "/")
        case .regular: try await readFile(name, path, in: folder)
        default: return
        }
    }

    private func addDirectory(_ path: String, _ status: FileStatus) throws(Fault) {
        var entry = ManifestEntry(path: Array(path.utf8), kind: .directory, mode: status.mode)
        entry.modified = status.modified
        try session.add(entry)
    }

    private func readFile(
        _ name: FileName,
        _ path: String,
        in folder: borrowing Directory
    ) async throws(Fault) {
        let file: Descriptor
        do throws(Fault) {
            file = try folder.openFile(name, .read)
        } catch  where error.code == .fileMissing { return }
        let status = try file.status()
        let content = RelationOrPlain(
            path: path,
            size: status.size,
            session: session,
            verifying: start
        )
        var offset: Int64 = 0
        while offset < status.size {
            let bytes = try file.read(upTo: Int(min(1 << 20, status.size - offset)), at: offset)
            if bytes.isEmpty { break }
            offset += Int64(bytes.count)
            try await content.write(bytes[...])
            context.progress(.advanced(Int64(bytes.count)))
        }
        for damage in content.damaged where try isDamaged(damage, in: file) {
            damagedPages.append(damage.text)
        }
        var entry = ManifestEntry(path: Array(path.utf8), kind: .file, mode: status.mode)
        entry.modified = status.modified
        try session.add(entry, content: try await content.finish())
    }

    /// Reads a page again: only a page that is the same twice is damaged, another one was being written.
    private func isDamaged(
        _ damage: RelationOrPlain.Damage,
        in file: borrowing Descriptor
    ) throws(Fault) -> Bool {
        let again = try file.read(upTo: damage.page.count, at: damage.offset)
        return again == damage.page
    }

    /// Reads the control file, after everything else, until its checksum fits: the server may be writing it.
    func readControlFile(in directory: FilePath) async throws(Fault) {
        let folder = try Directory.open(directory).child(name("global"))
        var attempts = 0
        while true {
            let bytes = try folder.bytes(of: name("pg_control"))
            attempts += 1
            do throws(Fault) {
                _ = try ControlFile(parsing: bytes)
                return try await add("global/pg_control", bytes)
            } catch  where attempts < 100 { continue }
        }
    }

    /// Adds a file from memory.
    func add(_ path: String, _ bytes: [UInt8]) async throws(Fault) {
        let writer = session.chunks(sizeHint: Int64(bytes.count))
        try await writer.write(bytes[...])
        var entry = ManifestEntry(path: Array(path.utf8), kind: .file, mode: 0o600)
        entry.modified = context.clock.now()
        try session.add(entry, content: try await writer.finish())
    }
}
