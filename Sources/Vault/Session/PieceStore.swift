internal import Model
internal import Sealing

/// The producer's end of a session: knows what is stored, collects what is not into frames.
///
/// Used by one task at a time.
final class PieceStore {
    private let index: DedupIndex
    private let ledger: FrameLedger
    private let pipeline: PackPipeline
    private var pages = FrameAccumulator(.data, limit: 256 << 10)
    private var chunks = FrameAccumulator(.data, limit: 256 << 10)
    private var manifest = FrameAccumulator(.manifest, limit: 0)
    /// Plain bytes that were not stored before.
    private(set) var added: Int64 = 0

    /// Which frames a piece shares.
    enum Lane {
        case pages, chunks, manifest
    }

    init(index: DedupIndex, ledger: FrameLedger, pipeline: PackPipeline) {
        self.index = index
        self.ledger = ledger
        self.pipeline = pipeline
    }

    /// Stores a piece unless it is stored already, and tells where it lies.
    func store(
        _ piece: ArraySlice<UInt8>,
        id: ContentID,
        lane: Lane,
        advisor: CompressionAdvisor
    ) async throws(Fault) -> PieceLocation {
        if let known = index.find(id), known.length == piece.count { return known }
        added += Int64(piece.count)
        let full = withAccumulator(lane) { accumulator in
            accumulator.isFull(for: piece.count) ? accumulator.take() : nil
        }
        if let full { try await pipeline.submit(full) }
        let (frame, start) = withAccumulator(lane) { accumulator in
            accumulator.append(piece, id: id, advisor: advisor, ledger: ledger)
        }
        index.addPending(id, frame: frame, start: start, length: piece.count)
        return PieceLocation(
            pack: 0,
            frame: frame + 1,
            start: UInt32(start),
            length: UInt32(piece.count)
        )
    }

    /// The id of a page that the snapshot before holds, and where it lies: nil inside for one of zeros; nil when it is not
    /// stored where a new snapshot may use it.
    func place(
        of page: Int,
        in file: RememberedFile,
        by book: PageBook
    ) -> (id: ContentID, location: PieceLocation?)? {
        let id = book.id(of: page, in: file)
        if id == .zeroPage { return (id, nil) }
        guard let known = index.find(id), Int(known.length) == file.pageBytes else { return nil }
        return (id, known)
    }

    /// Hands out frames that are not full yet and waits until everything is in stored packs.
    func flush() async throws(Fault) {
        for lane in [Lane.pages, .chunks, .manifest] {
            if let frame = withAccumulator(lane, { $0.take() }) { try await pipeline.submit(frame) }
        }
        try await pipeline.flush()
    }

    private func withAccumulator<Value>(
        _ lane: Lane,
        _ body: (inout FrameAccumulator) -> Value
    ) -> Value {
        switch lane {
        case .pages: body(&pages)
        case .chunks: body(&chunks)
        case .manifest: body(&manifest)
        }
    }
}
