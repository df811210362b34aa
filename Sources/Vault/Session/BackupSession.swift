public import Model
internal import ObjectStorage
public import Sealing
internal import SystemPackage
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
    private let gear: GearTable
    private let smallFiles = CompressionAdvisor()
    private(set) var sourceBytes: Int64 = 0
    private let book: PageBook?
    private let draftPath: FilePath
    private var draft: PageBookDraft?

    init(
        _ vault: Vault,
        keys: HostKeys,
        previous: Snapshot?,
        refused: [Fault],
        index: DedupIndex,
        pieces: PieceStore,
        spool: ManifestSpool,
        book: PageBook?,
        draftPath: FilePath
    ) {
        self.vault = vault
        self.keys = keys
        self.previous = previous
        self.refused = refused
        self.index = index
        self.pieces = pieces
        self.spool = spool
        self.book = book
        self.draftPath = draftPath
        pageHasher = keys.secret.hasher(for: .page, vault: vault.id)
        chunkHasher = keys.secret.hasher(for: .chunk, vault: vault.id)
        gear = keys.gear(for: vault.id)
    }

    /// Tags the plain text of secrets, so that an unchanged one is recognised.
    public var secretHasher: ContentHasher { keys.secret.hasher(for: .secret, vault: vault.id) }

    /// Begins a page-mapped file; a page has 512 to 65,536 bytes.
    public func pages(pageBytes: Int) -> PageWriter {
        precondition((512...65_536).contains(pageBytes), "the format knows no such page")
        // The ids are for the next session's sake: this one stands without them.
        if draft == nil { draft = try? PageBookDraft(creating: draftPath) }
        return PageWriter(
            pieces,
            hasher: pageHasher,
            pageBytes: pageBytes,
            advisor: CompressionAdvisor(),
            book: book,
            draft: draft
        )
    }

    /// Whether this host remembers the page ids of ``previous``.
    public var remembersPages: Bool { book != nil }

    /// The pages of a file as ``previous`` holds them; nil when it has no such page-mapped file, or this host does not
    /// remember its pages.
    ///
    /// Cost: reads 16 bytes of a local file for each page.
    public func remembered(_ path: [UInt8]) -> RememberedFile? { book?.file(path) }

    /// Hands out every page-mapped file of ``previous`` that this host remembers, with its length; nothing is proven.
    public func forEachRemembered(_ body: (_ path: [UInt8], _ size: Int64) -> Void) {
        book?.forEach(body)
    }

    /// Those of some pages of a remembered file that cannot be kept, since they are not stored where a new snapshot may
    /// use them: they must be read again.
    public func missing(_ pages: Range<Int>, of file: RememberedFile) -> [Range<Int>] {
        guard let book else { return [pages] }
        var missing: [Range<Int>] = []
        for page in pages where pieces.place(of: page, in: file, by: book) == nil {
            if let last = missing.last, last.upperBound == page {
                missing[missing.count - 1] = last.lowerBound..<page + 1
            } else {
                missing.append(page..<page + 1)
            }
        }
        return missing
    }

    /// Keeps the page ids of what was stored, for the session that follows the snapshot with this hash.
    func publishPages(_ request: BackupRequest, reflecting head: Digest256) {
        try? draft?.publish(as: request.pagesPath, reflecting: head, key: pageHasher)
    }

    /// Begins a file cut at content-defined boundaries, of about `sizeHint` bytes.
    public func chunks(sizeHint: Int64, sizes: ChunkSizes = .data) -> ChunkWriter {
        ChunkWriter(
            pieces,
            chunker: Chunker(sizes: sizes, gear: gear),
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
            if let first = content.firstID, case .pages(let digest, let pageBytes) = content.digest
            {
                draft?.add(
                    path: entry.path,
                    size: content.size,
                    pageBytes: pageBytes,
                    digest: digest,
                    first: first
                )
            }
        }
        var wire = entry.wire
        wire.extents = entry.extents.map(\.wire)
        try spool.append(wire)
    }

    /// Whether a backup can do without what could not be read of the snapshot before: damage, lost keys and cold storage cost
    /// time, not data.
    public static func canDoWithout(_ fault: Fault) -> Bool {
        fault.code.disposition == .corrupt || fault.code.exit == .wrongKey
            || fault.code == .objectArchived
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
