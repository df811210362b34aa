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
    private var extents = ExtentList()
    private var ids = DigestStream()
    private var cutter: PageCutter

    init(_ pieces: PieceStore, hasher: ContentHasher, pageBytes: Int, advisor: CompressionAdvisor) {
        self.pieces = pieces
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

    /// Ends the file.
    ///
    /// - Throws: what storing throws.
    public func finish() async throws(Fault) -> Content {
        if let page = cutter.last { try await store(page) }
        return Content(
            size: extents.size,
            digest: .pages(ids.finish(), pageBytes: pageBytes),
            extents: extents.extents
        )
    }

    private func store(_ page: ArraySlice<UInt8>) async throws(Fault) {
        let id = unsafe page.withUnsafeBytes { bytes in
            unsafe ZeroTest.isZero(bytes) ? ContentID.zeroPage : hasher.id(of: bytes)
        }
        ids.update(id)
        if id == .zeroPage { return extents.appendHole(Int64(page.count)) }
        extents.append(try await pieces.store(page, id: id, lane: .pages, advisor: advisor))
    }
}
