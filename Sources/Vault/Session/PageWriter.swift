public import Model
internal import Sealing

/// Stores one page-mapped file: the unit of deduplication is the page.
///
/// Bytes may come in pieces of any length. Pages of zeros take no room.
public final class PageWriter {
    private let pieces: PieceStore
    private let hasher: ContentHasher
    private let pageBytes: Int
    private let advisor: CompressionAdvisor
    private let book: PageBook?
    private let draft: PageBookDraft?
    private let firstID: Int64
    private var count: Int64 = 0
    private var extents = ExtentList()
    private var ids = DigestStream()
    private var cutter: PageCutter

    init(
        _ pieces: PieceStore,
        hasher: ContentHasher,
        pageBytes: Int,
        advisor: CompressionAdvisor,
        book: PageBook?,
        draft: PageBookDraft?
    ) {
        self.pieces = pieces
        self.book = book
        self.draft = draft
        firstID = draft?.position ?? 0
        self.hasher = hasher
        self.pageBytes = pageBytes
        cutter = PageCutter(pageBytes: pageBytes)
        self.advisor = advisor
    }

    /// Adds bytes at the end of the file.
    ///
    /// - Throws: what storing throws; the file must then be given up.
    public func write(_ bytes: ArraySlice<UInt8>) async throws(Fault) {
        cutter.add(bytes)
        while let page = cutter.next() { try await store(page) }
    }

    /// Adds pages that are as the snapshot before holds them, without their bytes; what was written before ends with a
    /// whole page.
    ///
    /// - Throws: `E-VAULT-VANISHED` when one of them is not stored; ``BackupSession/missing(_:of:)`` tells that before.
    public func keep(_ kept: Range<Int>, of file: RememberedFile) throws(Fault) {
        precondition(cutter.last == nil && file.pageBytes == pageBytes, "pages follow pages")
        for page in kept {
            guard let book, let place = pieces.place(of: page, in: file, by: book) else {
                throw Fault(
                    .vanished,
                    "unable to keep page \(page) of the snapshot before: it is not known any more",
                    hints: ["Run the backup again; it will read everything."]
                )
            }
            note(place.id)
            if let location = place.location {
                extents.append(location)
            } else {
                extents.appendHole(Int64(pageBytes))
            }
        }
    }

    /// Ends the file.
    ///
    /// - Throws: what storing throws.
    public func finish() async throws(Fault) -> Content {
        if let page = cutter.last { try await store(page) }
        var content = Content(
            size: extents.size,
            digest: .pages(ids.finish(), pageBytes: pageBytes),
            extents: extents.extents
        )
        if let draft, extents.size == count * Int64(pageBytes),
            draft.position == firstID + count * Int64(PageBook.idBytes)
        {
            content.firstID = firstID
        }
        return content
    }

    private func store(_ page: ArraySlice<UInt8>) async throws(Fault) {
        let id = unsafe page.withUnsafeBytes { bytes in
            unsafe ZeroTest.isZero(bytes) ? ContentID.zeroPage : hasher.id(of: bytes)
        }
        note(id)
        if id == .zeroPage { return extents.appendHole(Int64(page.count)) }
        extents.append(try await pieces.store(page, id: id, lane: .pages, advisor: advisor))
    }

    private func note(_ id: ContentID) {
        ids.update(id)
        draft?.append(id)
        count += 1
    }
}
