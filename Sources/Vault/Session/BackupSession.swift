public import Model
public import Sealing
internal import VaultRecords

/// One backup of one component on its way into a vault.
///
/// A component writes contents with ``pages(pageBytes:)`` and ``chunks(sizeHint:)``, then names them with
/// ``add(_:content:)``. Nothing exists in the vault until the session commits, which ``Vault/backUp(_:keys:_:)`` does when
/// the component returns. Used by one task at a time.
public final class BackupSession {
    /// The newest snapshot of the stream, which this one follows; nil for the first, or when none can be trusted.
    public let previous: Snapshot?
    /// Snapshots of the stream that were passed over because they are damaged or forged.
    public let refused: [Fault]
    private let vault: Vault
    private let keys: HostKeys
    private let index: DedupIndex
    let pieces: PieceStore
    let spool: ManifestSpool
    private let pageHasher: ContentHasher
    private let chunkHasher: ContentHasher
    private let chunker: Chunker
    private let smallFiles = CompressionAdvisor()
    private(set) var sourceBytes: Int64 = 0

    init(
        _ vault: Vault,
        keys: HostKeys,
        previous: Snapshot?,
        refused: [Fault],
        index: DedupIndex,
        pieces: PieceStore,
        spool: ManifestSpool
    ) {
        self.vault = vault
        self.keys = keys
        self.previous = previous
        self.refused = refused
        self.index = index
        self.pieces = pieces
        self.spool = spool
        pageHasher = keys.secret.hasher(for: .page, vault: vault.id)
        chunkHasher = keys.secret.hasher(for: .chunk, vault: vault.id)
        chunker = Chunker(sizes: .data, gear: keys.gear(for: vault.id))
    }

    /// Tags the plain text of secrets, so that an unchanged one is recognised.
    public var secretHasher: ContentHasher { keys.secret.hasher(for: .secret, vault: vault.id) }

    /// Begins a page-mapped file; a page has 512 to 65,536 bytes.
    public func pages(pageBytes: Int) -> PageWriter {
        precondition((512...65_536).contains(pageBytes), "the format knows no such page")
        return PageWriter(
            pieces,
            hasher: pageHasher,
            pageBytes: pageBytes,
            advisor: CompressionAdvisor()
        )
    }

    /// Begins a file cut at content-defined boundaries, of about `sizeHint` bytes.
    public func chunks(sizeHint: Int64) -> ChunkWriter {
        ChunkWriter(
            pieces,
            chunker: chunker,
            hasher: chunkHasher,
            lane: .chunks,
            advisor: sizeHint < 1 << 20 ? smallFiles : CompressionAdvisor()
        )
    }

    /// Adds a path to the snapshot; a file has content, anything else has none.
    ///
    /// - Throws: `E-IO-…` when the session's own temporary file cannot be written.
    public func add(_ entry: ManifestEntry, content: Content? = nil) throws(Fault) {
        precondition(ManifestEntry.isSafe(entry.path), "a path stays below its root")
        precondition(
            (entry.kind == .file) == (content != nil),
            "files, and only files, have content"
        )
        var entry = entry
        if let content {
            entry.size = content.size
            entry.digest = content.digest
            entry.extents = content.extents
            sourceBytes += content.size
        }
        var wire = entry.wire
        wire.extents = entry.extents.map(\.wire)
        try spool.append(wire)
    }

    /// The manifest of ``previous``, for comparing; nil when there is none, or when the host wrote it under an earlier
    /// identity.
    ///
    /// - Throws: what reading it throws.
    public func previousManifest() async throws(Fault) -> ManifestReader? {
        guard let previous else { return nil }
        do throws(Fault) {
            return try await vault.manifest(of: previous, identities: [keys.identity])
        } catch  where error.code == .wrongKey { return nil }
    }

    /// The stored content of an entry of the previous snapshot, if every pack of it is still there and none is worn.
    ///
    /// Nil means that the file should be read again.
    public func content(of entry: ManifestEntry) -> Content? {
        let isStored = entry.extents.allSatisfy { $0.isHole || index.isUsable($0.pack) }
        return isStored
            ? Content(size: entry.size, digest: entry.digest, extents: entry.extents) : nil
    }
}
