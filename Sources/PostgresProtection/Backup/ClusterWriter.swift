internal import Model
internal import PostgresWire
internal import Protection
internal import Vault

/// Puts the members of the server's archives into a session: relation files page by page, others in chunks.
final class ClusterWriter {
    /// What comes before the paths of the present archive.
    var prefix = ""
    /// Pages whose checksum was wrong when the server read them, in words.
    ///
    /// The stream cannot be read again, so each may be damaged or may just have been written;
    /// replay repairs the latter.
    private(set) var suspectPages: [String] = []
    private let session: BackupSession
    private let context: BackupContext
    private let hasChecksums: Bool
    private var start = LSN(0)
    private var entry: ManifestEntry?
    private var file: RelationOrPlain?
    private var directories: Set<[UInt8]> = []

    init(_ session: BackupSession, context: BackupContext, server: ServerProfile) {
        self.session = session
        self.context = context
        hasChecksums = server.hasChecksums
    }

    /// Notes where the backup begins: pages changed since then may be torn.
    func begin(at start: LSN) { self.start = start }

    /// Takes the next event of the archive.
    func take(_ event: TarEvent) async throws(Fault) {
        switch event {
        case .entry(let member): try begin(member)
        case .bytes(let bytes):
            context.progress(.advanced(Int64(bytes.count)))
            try await file?.write(bytes)
        case .endEntry:
            guard let entry, let file else { return }
            let content = try await file.finish()
            suspectPages += file.damaged.map(\.text)
            try session.add(entry, content: content)
            self.entry = nil
            self.file = nil
        case .end: break
        }
    }

    private func begin(_ member: TarEntry) throws(Fault) {
        let path = Array(prefix.utf8) + member.path
        let modified = Instant(seconds: member.modifiedSeconds)
        switch member.kind {
        case .directory:
            guard !member.path.isEmpty, directories.insert(path).inserted else { return }
            var entry = ManifestEntry(path: path, kind: .directory, mode: member.mode)
            entry.modified = modified
            try session.add(entry)
        case .symbolicLink:
            // Links to tablespaces: a restore makes them anew, to where it puts the tablespaces.
            return
        case .file:
            var entry = ManifestEntry(path: path, kind: .file, mode: member.mode)
            entry.modified = modified
            self.entry = entry
            file = RelationOrPlain(
                path: String(decoding: path, as: UTF8.self),
                size: member.size,
                session: session,
                verifying: hasChecksums ? start : nil
            )
        }
    }
}
