extension ChangedBlocks.Chunk {
    var isEmpty: Bool { !isFull && sparse.isEmpty && !dense.contains { $0 != 0 } }

    /// About how many bytes its blocks take.
    var footprint: Int { sparse.count * 4 + dense.count * 8 }

    var count: Int {
        if isFull { return 65_536 }
        return dense.isEmpty ? sparse.count : dense.reduce(0) { $0 + $1.nonzeroBitCount }
    }

    /// Adds a block; gives by how many bytes the chunk has grown.
    mutating func insert(_ low: UInt16) -> Int {
        if isFull { return 0 }
        if !dense.isEmpty {
            dense[Int(low >> 6)] |= 1 << UInt64(low & 63)
            return 0
        }
        var index = sparse.count
        if let last = sparse.last, last >= low {
            if last == low { return 0 }
            index = position(of: low)
            if sparse[index] == low { return 0 }
        }
        if sparse.count == ChangedBlocks.longestList {
            let before = footprint
            becomeDense()
            dense[Int(low >> 6)] |= 1 << UInt64(low & 63)
            return footprint - before
        }
        sparse.insert(low, at: index)
        return 4
    }

    /// Adds consecutive blocks.
    mutating func insert(_ run: ClosedRange<UInt16>) {
        if isFull { return }
        if run.count == 65_536 { return fill() }
        if dense.isEmpty {
            let isBehind = (sparse.last.map { $0 < run.lowerBound } ?? true)
            if isBehind, sparse.count + run.count <= ChangedBlocks.longestList {
                sparse.append(contentsOf: run)
                return
            }
            becomeDense()
        }
        let (first, last) = (Int(run.lowerBound >> 6), Int(run.upperBound >> 6))
        let head = UInt64.max << UInt64(run.lowerBound & 63)
        let tail = UInt64.max >> UInt64(63 - (run.upperBound & 63))
        if first == last {
            dense[first] |= head & tail
        } else {
            dense[first] |= head
            for word in first + 1..<last { dense[word] = .max }
            dense[last] |= tail
        }
    }

    mutating func formUnion(_ other: Self) -> Int {
        let before = footprint
        if isFull { return 0 }
        if other.isFull {
            fill()
        } else if !other.dense.isEmpty {
            if dense.isEmpty { becomeDense() }
            for word in dense.indices { dense[word] |= other.dense[word] }
        } else {
            for low in other.sparse { _ = insert(low) }
        }
        return footprint - before
    }

    /// Removes every block from `limit` on.
    mutating func truncate(to limit: UInt16) {
        if isFull {
            isFull = false
            if limit > 0 { insert(0...(limit - 1)) }
        } else if dense.isEmpty {
            sparse.removeSubrange(position(of: limit)...)
        } else {
            let word = Int(limit >> 6)
            dense[word] &= (1 << UInt64(limit & 63)) - 1
            for index in word + 1..<max(word + 1, dense.count) { dense[index] = 0 }
        }
    }

    /// Takes in all blocks.
    mutating func fill() {
        isFull = true
        sparse = []
        dense = []
    }

    private mutating func becomeDense() {
        dense = [UInt64](repeating: 0, count: ChangedBlocks.wordsOfBitmap)
        for low in sparse { dense[Int(low >> 6)] |= 1 << UInt64(low & 63) }
        sparse = []
    }

    private func position(of low: UInt16) -> Int {
        var begin = 0
        var end = sparse.count
        while begin < end {
            let middle = (begin + end) / 2
            if sparse[middle] < low { begin = middle + 1 } else { end = middle }
        }
        return begin
    }

    /// Hands out the runs of consecutive blocks in order, as numbers from 0 to 65,536.
    func forEachRun(_ body: (Range<Int>) -> Void) {
        if isFull { return body(0..<65_536) }
        if dense.isEmpty {
            var index = 0
            while index < sparse.count {
                let first = Int(sparse[index])
                var end = first + 1
                index += 1
                while index < sparse.count, Int(sparse[index]) == end {
                    end += 1
                    index += 1
                }
                body(first..<end)
            }
            return
        }
        var bit = nextBit(from: 0, set: true)
        while bit < 65_536 {
            let end = nextBit(from: bit, set: false)
            body(bit..<end)
            bit = nextBit(from: end, set: true)
        }
    }

    /// The first block from `start` on that is in the bitmap, or is not; 65,536 when there is none.
    private func nextBit(from start: Int, set: Bool) -> Int {
        var word = start >> 6
        guard word < dense.count else { return 65_536 }
        var bits = (set ? dense[word] : ~dense[word]) & (UInt64.max << UInt64(start & 63))
        while bits == 0 {
            word += 1
            guard word < dense.count else { return 65_536 }
            bits = set ? dense[word] : ~dense[word]
        }
        return word << 6 + bits.trailingZeroBitCount
    }
}
