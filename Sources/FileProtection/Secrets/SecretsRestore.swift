internal import FileTrees
internal import Model
internal import Protection
internal import Sealing
internal import SystemIO
internal import SystemPackage
internal import Vault

/// One restore of secrets in their plain form: opened one by one in memory, written, read back.
final class SecretsRestore {
    private let snapshot: Snapshot
    private let request: RestoreRequest
    private let place: RestorePlace
    private let writer: TreeWriter
    private let contents: ContentReader
    private(set) var files = 0
    private(set) var bytes = ByteCount.zero
    private(set) var problems: [String] = []
    /// Names of owners whose files no account of this host took, each a line.
    var strangers: [String] { writer.strangers }
    private var links: [TreeEntry] = []
    /// What was begun; a host has few secrets.
    private var begun: [TreeEntry] = []

    init(_ snapshot: Snapshot, _ request: RestoreRequest, _ place: RestorePlace) throws(Fault) {
        self.snapshot = snapshot
        self.request = request
        self.place = place
        writer = try TreeWriter(
            target: place.folder,
            ownership: .possible(numeric: request.keepsNumbers),
            collision: .refuse
        )
        contents = try ContentReader(
            request.vault,
            snapshot: snapshot,
            identities: request.identities
        )
    }

    /// Restores every secret; when the disk runs full, none.
    func run(progress: ProgressReporter) async throws(Fault) {
        do throws(Fault) { try await restore(progress) } catch {
            guard error.code == .diskFull else { throw error }
            for entry in begun.reversed() { try? writer.remove(entry) }
            writer.removeFolders()
            throw error
        }
    }

    private func restore(_ progress: ProgressReporter) async throws(Fault) {
        progress(.phase("restoring"))
        progress(.total(snapshot.head.sizes.source))
        let manifest = try await request.vault.manifest(
            of: snapshot,
            identities: request.identities
        )
        while let entry = try await manifest.next() {
            guard let placed = Self.plain(entry).flatMap({ place.place($0) }) else { continue }
            var tree = try TreeEntry(placed)
            if entry.kind == .hardLink {
                links.append(tree)
                continue
            }
            begun.append(tree)
            guard entry.kind == .file else {
                note(try writer.create(tree).problems)
                continue
            }
            let plain = try await Self.open(
                entry,
                contents,
                pageKey: manifest.pageKey,
                identities: request.identities
            )
            tree.size = Int64(plain.count)
            tree.isSparse = false
            try write(plain, tree)
            progress(.advanced(entry.size))
        }
        for link in links {
            begun.append(link)
            note(try writer.create(link).problems)
        }
        note(try writer.complete())
    }

    /// Where an entry's plain form goes; nil for a file that is no sealed secret.
    static func plain(_ entry: ManifestEntry) -> ManifestEntry? {
        guard entry.kind == .file || entry.kind == .hardLink else { return entry }
        guard let path = SealedName.plain(entry.path) else { return nil }
        var plain = entry
        plain.path = path
        if entry.kind == .hardLink {
            guard let target = SealedName.plain(entry.target) else { return nil }
            plain.target = target
        }
        return plain
    }

    /// Opens one secret in memory.
    ///
    /// - Throws: `E-KEY-WRONG` naming the secret's path when no identity fits, `E-FILES-DAMAGED`.
    static func open(
        _ entry: ManifestEntry,
        _ contents: ContentReader,
        pageKey: [UInt8],
        identities: [AgeIdentity]
    ) async throws(Fault) -> [UInt8] {
        guard entry.size <= SecretsComponent.limit.bytes * 2 else { throw damaged(entry) }
        var sealed: [UInt8] = []
        var check = ContentCheck(entry, pageKey: pageKey)
        try await contents.read(entry) { (piece) throws(Fault) in
            sealed += piece
            check.update(piece)
        }
        guard check.finish() else { throw damaged(entry) }
        do throws(Fault) {
            return try AgeFile.open(sealed, with: identities)
        } catch  where error.code == .wrongKey {
            throw Fault(
                .wrongKey,
                "unable to open secret '\(entry.displayedPath)': "
                    + "none of \(identities.count) identities fits",
                hints: error.hints + ["Add --sealed to get the age files as they are."]
            )
        }
    }

    private func write(_ plain: [UInt8], _ entry: TreeEntry) throws(Fault) {
        let made = try writer.create(entry)
        guard let file = made.file else { preconditionFailure("a file takes content") }
        try writer.write(plain[...], to: file, at: 0)
        // What was compared gets the rights, whatever has its name by then.
        let written = try Self.file(of: entry, below: FileSystem.resolved(place.folder))
        guard try written.readAll(limit: SecretsComponent.limit) == plain else {
            throw Fault(
                .filesDamaged,
                "unable to restore secret '\(entry.path)': what came back is not what was written"
            )
        }
        note(try writer.finish(entry, written))
        files += 1
        bytes += ByteCount(plain.count)
    }

    private static func file(
        of entry: TreeEntry,
        below root: FilePath
    ) throws(Fault) -> Descriptor {
        var folder = try Directory.open(root)
        for name in entry.path.parent.names { folder = try folder.child(name) }
        guard let name = entry.path.lastName else { preconditionFailure("a file has a name") }
        return try folder.openFile(name, .readWrite)
    }

    private func note(_ problems: [TreeProblem]) {
        self.problems += problems.map(\.fault.message)
    }

    private static func damaged(_ entry: ManifestEntry) -> Fault {
        Fault(
            .filesDamaged,
            "unable to restore secret '\(entry.displayedPath)': it is not what was backed up",
            hints: ["Run `lifeboat check`, and restore another snapshot or from another copy."]
        )
    }
}
