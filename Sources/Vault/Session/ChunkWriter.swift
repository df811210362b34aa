public import Model
internal import Sealing

/// Stores one file cut at content-defined boundaries.
///
/// Bytes may come in pieces of any length. Holes take no room.
public final class ChunkWriter {
    private let pieces: PieceStore
    private let chunker: Chunker
    private let hasher: ContentHasher
    private let lane: PieceStore.Lane
    private let advisor: CompressionAdvisor
    private var extents = ExtentList()
    private var digest = DigestStream()
    private var buffer: [UInt8] = []
    private var start = 0

    init(
        _ pieces: PieceStore,
        chunker: Chunker,
        hasher: ContentHasher,
        lane: PieceStore.Lane,
        advisor: CompressionAdvisor
    ) {
        self.pieces = pieces
        self.chunker = chunker
        self.hasher = hasher
        self.lane = lane
        self.advisor = advisor
    }

    /// Adds bytes at the end of the file.
    ///
    /// - Throws: what storing throws; the file must then be given up.
    public func write(_ bytes: ArraySlice<UInt8>) async throws(Fault) {
        digest.update(bytes)
        buffer += bytes
        try await cut(downTo: chunker.sizes.maximum)
    }

    /// Ends the present chunk, so that what follows is cut as if a file began with it.
    ///
    /// For content with long parts that move as a whole. The chunk may be shorter than any other.
    ///
    /// - Throws: what storing throws; the file must then be given up.
    public func endChunk() async throws(Fault) { try await cut(downTo: 1) }

    /// Adds zeros that take no room; a chunk ends before them.
    ///
    /// - Throws: what storing throws.
    public func writeHole(_ length: Int64) async throws(Fault) {
        guard length > 0 else { return }
        try await cut(downTo: 1)
        let zeros = [UInt8](repeating: 0, count: Int(min(length, 1 << 20)))
        var rest = length
        while rest > 0 {
            let count = min(rest, Int64(zeros.count))
            digest.update(zeros[..<Int(count)])
            rest -= count
        }
        extents.appendHole(length)
    }

    /// Ends the file.
    ///
    /// - Throws: what storing throws.
    public func finish() async throws(Fault) -> Content {
        try await cut(downTo: 1)
        return Content(
            size: extents.size,
            digest: .sha256(digest.finish()),
            extents: extents.extents
        )
    }

    /// Stores chunks while at least `least` bytes wait.
    private func cut(downTo least: Int) async throws(Fault) {
        while buffer.count - start >= least, start < buffer.count {
            let waiting = buffer[start...]
            let length = unsafe waiting.withUnsafeBytes { unsafe chunker.cut($0) }
            let chunk = waiting.prefix(length)
            let id = unsafe chunk.withUnsafeBytes { unsafe hasher.id(of: $0) }
            extents.append(try await pieces.store(chunk, id: id, lane: lane, advisor: advisor))
            start += length
        }
        if start == buffer.count || start >= chunker.sizes.maximum {
            buffer.removeFirst(start)
            start = 0
        }
    }
}
