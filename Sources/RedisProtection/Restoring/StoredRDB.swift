internal import Model
internal import Protection
internal import RedisWire
internal import SystemIO
internal import Vault

/// The RDB of a snapshot.
struct StoredRDB {
    let entry: ManifestEntry
    private let pageKey: [UInt8]
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
        self.entry = entry
        pageKey = manifest.pageKey
        self.snapshot = snapshot
        self.request = request
    }

    /// Hands its bytes to `consume`, in order, and checks them.
    ///
    /// They are held against the manifest's digest, read as an RDB, and held against the checksum that the server computed. With a change of
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
        let reader = try ContentReader(
            request.vault,
            snapshot: snapshot,
            identities: request.identities
        )
        var check = ContentCheck(entry, pageKey: pageKey)
        var parser = RDBParser(countingExpiredBy: moment)
        var rewriter = change == .keep ? nil : RDBRewriter(change, countingExpiredBy: moment)
        var rewritten: [UInt8] = []
        try await reader.read(entry) { piece async throws(Fault) in
            check.update(piece)
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
        guard check.finish() else {
            throw Self.damage(snapshot, "its RDB is not what its manifest says")
        }
        guard var rewriter else { return try parser.finish() }
        rewritten.removeAll()
        let facts = try rewriter.finish(into: &rewritten)
        try await consume(rewritten[...])
        return facts
    }

    private static func damage(_ snapshot: Snapshot, _ fact: String) -> Fault {
        Fault(
            .redisSnapshot,
            "unable to read snapshot '\(snapshot.id)': \(fact)",
            hints: ["Run `lifeboat check`, and choose an earlier time."]
        )
    }
}
