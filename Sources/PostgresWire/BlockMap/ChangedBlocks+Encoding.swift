extension ChangedBlocks {
    /// Adds the stored form; see `BlockMap`.
    func encode(into out: inout [UInt8]) {
        let kept = chunks.filter { !$0.isEmpty }
        out.appendNumber(UInt64(kept.count))
        var next: UInt64 = 0
        for chunk in kept {
            out.appendNumber(UInt64(chunk.high) - next)
            next = UInt64(chunk.high) + 1
            let place = out.count
            chunk.encodeRuns(into: &out)
            guard out.count - place > 8 * Self.wordsOfBitmap else { continue }
            out.removeSubrange(place...)
            out.appendNumber(1)
            for word in chunk.words {
                for byte in 0..<8 {
                    out.append(UInt8(truncatingIfNeeded: word >> UInt64(8 * byte)))
                }
            }
        }
    }

    /// Reads the stored form; nil when it is malformed.
    ///
    /// A few bytes can state a great many blocks: beyond about `budget` bytes the set is coarsened
    /// on the way.
    init?(decoding reader: inout NumberReader, budget: Int) {
        self.init()
        guard let count = reader.take(), count <= 65_536 else { return nil }
        var next: UInt64 = 0
        var size = 0
        var bound = budget
        for _ in 0..<count {
            guard let gap = reader.take(), gap <= 65_535, let form = reader.take(),
                let high = UInt16(exactly: next + gap)
            else { return nil }
            next = UInt64(high) + 1
            var chunk = Chunk(high: high)
            switch form {
            case 0: guard chunk.decodeRuns(&reader) else { return nil }
            case 1:
                guard let bytes = reader.takeBytes(8 * Self.wordsOfBitmap) else { return nil }
                chunk.takeBitmap(bytes)
            default: return nil
            }
            guard !chunk.isEmpty else { return nil }
            append(chunk)
            size += Self.chunkOverhead + chunk.footprint
            if size > bound {
                coarsen()
                size = footprint
                bound = max(budget, 2 * size)
            }
        }
    }
}

extension ChangedBlocks.Chunk {
    /// The blocks as a bitmap.
    var words: [UInt64] {
        if !dense.isEmpty { return dense }
        var words = [UInt64](
            repeating: isFull ? .max : 0,
            count: ChangedBlocks.wordsOfBitmap
        )
        for low in sparse { words[Int(low >> 6)] |= 1 << UInt64(low & 63) }
        return words
    }

    fileprivate func encodeRuns(into out: inout [UInt8]) {
        var count: UInt64 = 0
        forEachRun { _ in count += 1 }
        out.appendNumber(0)
        out.appendNumber(count)
        var next = 0
        forEachRun { run in
            let gap = UInt64(run.lowerBound - next) << 1
            if run.count == 1 {
                out.appendNumber(gap)
            } else {
                out.appendNumber(gap | 1)
                out.appendNumber(UInt64(run.count - 2))
            }
            next = run.upperBound
        }
    }

    fileprivate mutating func decodeRuns(_ reader: inout NumberReader) -> Bool {
        guard let count = reader.take(), count <= 65_536 else { return false }
        var next: UInt64 = 0
        for _ in 0..<count {
            guard let gap = reader.take(), gap >> 1 <= 65_535 else { return false }
            let first = next + gap >> 1
            var length: UInt64 = 1
            if gap & 1 == 1 {
                guard let more = reader.take(), more <= 65_534 else { return false }
                length = more + 2
            }
            guard first + length <= 65_536 else { return false }
            insert(UInt16(first)...UInt16(first + length - 1))
            next = first + length
        }
        return true
    }

    fileprivate mutating func takeBitmap(_ bytes: ArraySlice<UInt8>) {
        var words = [UInt64](repeating: 0, count: ChangedBlocks.wordsOfBitmap)
        for (index, byte) in bytes.enumerated() {
            words[index >> 3] |= UInt64(byte) << UInt64(8 * (index & 7))
        }
        dense = words
    }
}
