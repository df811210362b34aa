internal import Model
internal import Protection
internal import RedisWire
internal import SystemIO
internal import SystemPackage
internal import Vault

/// The RDB of a snapshot, or the one that the replay of a log has made of it.
struct StoredRDB: Sendable {
    private enum Place: Sendable {
        case vault(ManifestEntry, pageKey: [UInt8])
        case file(FilePath)
    }

    /// So much of a file is read at once.
    private static let pieceSize = 256 << 10

    /// How long it is.
    let size: Int64
    private let place: Place
    private let snapshot: Snapshot
    private let request: RestoreRequest

    /// Finds it; reads the manifest to its end, since only that proves it.
    ///
    /// - Throws: `E-REDIS-SNAPSHOT` when the snapshot holds anything else, what reading the manifest throws.
    init(_ snapshot: Snapshot, _ request: RestoreRequest) async throws(Fault) {
        let manifest = try await request.vault.manifest(
            of: snapshot,
            identities: request.identities
        )
        var entries: [ManifestEntry] = []
        while let entry = try await manifest.next(), entries.count < 2 { entries.append(entry) }
        guard snapshot.head.kind == .redis, entries.count == 1, let entry = entries.first,
            entry.path == RedisBackup.path, entry.kind == .file
        else { throw Self.damage(snapshot, "it does not hold one RDB and nothing else") }
        place = .vault(entry, pageKey: manifest.pageKey)
        size = entry.size
        self.snapshot = snapshot
        self.request = request
    }

    /// Takes a file that came of a snapshot.
    ///
    /// - Throws: `E-IO-…`.
    init(_ file: FilePath, of snapshot: Snapshot, _ request: RestoreRequest) throws(Fault) {
        place = .file(file)
        size = try FileSystem.status(file)?.size ?? 0
        self.snapshot = snapshot
        self.request = request
    }

    /// Hands its bytes to `consume`, in order, and checks them.
    ///
    /// They are held against the manifest's digest, read as an RDB, and held against the checksum that the server computed; a file has only that. With a change of
    /// expiries, what is handed on has the changed ones and a checksum of its own; what has expired is counted before the change.
    ///
    /// Only when this returns are the bytes known to be good; after a fault discard what was consumed.
    ///
    /// - Throws: `E-REDIS-SNAPSHOT`, `E-RDB-DAMAGED`, `E-RDB-UNSUPPORTED`, and what reading the vault and `consume`
    ///   throw.
    func read(
        countingExpiredBy moment: Instant,
        changing change: RDBExpiryChange = .keep,
        _ progress: ProgressReporter,
        _ consume: (ArraySlice<UInt8>) async throws(Fault) -> Void
    ) async throws(Fault) -> RDBFacts {
        var parser = RDBParser(countingExpiredBy: moment)
        var rewriter = change == .keep ? nil : RDBRewriter(change, countingExpiredBy: moment)
        var rewritten: [UInt8] = []
        try await readBytes { piece async throws(Fault) in
            if rewriter == nil {
                try parser.feed(piece.span)
                try await consume(piece)
            } else {
                rewritten.removeAll(keepingCapacity: true)
                try rewriter?.feed(piece, into: &rewritten)
                try await consume(rewritten[...])
            }
            progress(.advanced(Int64(piece.count)))
        }
        guard var rewriter else { return try parser.finish() }
        rewritten.removeAll()
        let facts = try rewriter.finish(into: &rewritten)
        try await consume(rewritten[...])
        return facts
    }

    /// Hands on the bytes as they are; only when it returns are those of a snapshot what its manifest says.
    private func readBytes(
        _ consume: (ArraySlice<UInt8>) async throws(Fault) -> Void
    ) async throws(Fault) {
        switch place {
        case .vault(let entry, let pageKey):
            let reader = try ContentReader(
                request.vault,
                snapshot: snapshot,
                identities: request.identities
            )
            var check = ContentCheck(entry, pageKey: pageKey)
            try await reader.read(entry) { piece async throws(Fault) in
                check.update(piece)
                try await consume(piece)
            }
            guard check.finish() else {
                throw Self.damage(snapshot, "its RDB is not what its manifest says")
            }
        case .file(let path):
            let file = try Descriptor.open(path, .read)
            while true {
                let piece = try file.read(upTo: Self.pieceSize)
                guard !piece.isEmpty else { return }
                try await consume(piece[...])
            }
        }
    }

    private static func damage(_ snapshot: Snapshot, _ fact: String) -> Fault {
        Fault(
            .redisSnapshot,
            "unable to read snapshot '\(snapshot.id)': \(fact)",
            hints: ["Run `lifeboat check`, and choose an earlier time."]
        )
    }
}
