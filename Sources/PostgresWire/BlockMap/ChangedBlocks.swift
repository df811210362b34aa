/// A set of block numbers: of each 65,536 a sorted list, a bitmap from 4,097 on, or nothing when it
/// is all of them.
///
/// Memory: 2 bytes for a lone block (up to 4 while the list grows), 1 bit where many lie close
/// together.
struct ChangedBlocks: Sendable {
    /// The blocks of one 65,536.
    struct Chunk: Sendable {
        /// The high half of their numbers.
        let high: UInt16
        /// Whether it is all of them; then `sparse` and `dense` are empty.
        var isFull = false
        /// The low halves in order, unless `dense` is used.
        var sparse: [UInt16] = []
        /// A bit for each, or nothing.
        var dense: [UInt64] = []
    }

    static let longestList = 4096
    static let wordsOfBitmap = 1024
    /// What a chunk and its two arrays take beside their elements.
    static let chunkOverhead = 96

    private(set) var chunks: [Chunk] = []
    /// The chunk that was used last.
    private var recent = 0

    var isEmpty: Bool { chunks.isEmpty }

    /// Adds a block; gives by how many bytes, about, the set has grown.
    mutating func insert(_ block: UInt32) -> Int {
        let high = UInt16(truncatingIfNeeded: block >> 16)
        let low = UInt16(truncatingIfNeeded: block)
        var growth = 0
        if recent >= chunks.count || chunks[recent].high != high {
            recent = position(of: high)
            if recent == chunks.count || chunks[recent].high != high {
                chunks.insert(Chunk(high: high), at: recent)
                growth = Self.chunkOverhead
            }
        }
        return growth + chunks[recent].insert(low)
    }

    /// Adds all blocks of another set; gives by how many bytes this one has grown.
    mutating func formUnion(_ other: ChangedBlocks) -> Int {
        var growth = 0
        for chunk in other.chunks {
            let index = position(of: chunk.high)
            if index == chunks.count || chunks[index].high != chunk.high {
                chunks.insert(chunk, at: index)
                growth += Self.chunkOverhead + chunk.footprint
            } else {
                growth += chunks[index].formUnion(chunk)
            }
        }
        return growth
    }

    /// Removes every block from `limit` on.
    mutating func truncate(to limit: UInt32) {
        let high = UInt16(truncatingIfNeeded: limit >> 16)
        let low = UInt16(truncatingIfNeeded: limit)
        let index = position(of: high)
        if index < chunks.count, chunks[index].high == high {
            chunks[index].truncate(to: low)
            let isEmpty = chunks[index].isEmpty
            chunks.removeSubrange((isEmpty ? index : index + 1)...)
        } else {
            chunks.removeSubrange(index...)
        }
    }

    /// Adds whatever makes it smaller: every chunk that has a bitmap becomes full.
    mutating func coarsen() {
        for index in chunks.indices where !chunks[index].dense.isEmpty {
            chunks[index].fill()
        }
    }

    /// Adds a chunk behind all others.
    mutating func append(_ chunk: Chunk) { chunks.append(chunk) }

    /// About how many bytes it takes.
    var footprint: Int { chunks.reduce(0) { $0 + Self.chunkOverhead + $1.footprint } }

    /// How many blocks it holds.
    var count: Int { chunks.reduce(0) { $0 + $1.count } }

    /// Hands out the runs of consecutive blocks that lie in a range, in order.
    func forEachRun(in range: Range<UInt32>, _ body: (Range<UInt32>) -> Void) {
        guard !range.isEmpty else { return }
        let first = position(of: UInt16(truncatingIfNeeded: range.lowerBound >> 16))
        for chunk in chunks[first...] {
            let base = UInt32(chunk.high) << 16
            guard base < range.upperBound else { return }
            chunk.forEachRun { run in
                // The end of the last chunk does not fit; block 0xFFFFFFFF is none.
                let end = UInt32(clamping: UInt64(base) + UInt64(run.upperBound))
                let part = (base + UInt32(run.lowerBound)..<end).clamped(to: range)
                if !part.isEmpty { body(part) }
            }
        }
    }

    /// Where a chunk is or would be.
    private func position(of high: UInt16) -> Int {
        var low = 0
        var end = chunks.count
        while low < end {
            let middle = (low + end) / 2
            if chunks[middle].high < high { low = middle + 1 } else { end = middle }
        }
        return low
    }
}
