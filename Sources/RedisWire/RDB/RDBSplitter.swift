package import Model

/// Cuts an RDB into its sections while it is checked; holds the beginning of one item at most.
package struct RDBSplitter {
    private var parser: RDBParser
    /// What is not handed on yet, and where in the RDB it begins.
    private var waiting: [UInt8] = []
    private var start: UInt64 = 0
    /// Sections that are known to begin, perhaps behind what has arrived.
    private var marks: [(offset: UInt64, section: RDBSection)] = []
    private var section = RDBSection.magic
    private var isFirst = true

    /// Makes a splitter whose parser also counts what has expired by a moment.
    package init(countingExpiredBy moment: Instant?) {
        parser = RDBParser(markingSectionsAnd: moment)
    }

    /// Whose RDB it is; known once its first section was handed on.
    var dialect: RDBDialect { parser.facts.dialect }

    /// The format's version; known once its first section was handed on.
    var version: Int { parser.facts.version }

    /// Takes the next bytes and returns what belongs to a section for certain, in order.
    ///
    /// - Throws: `rdbDamaged` or `rdbUnsupported`.
    mutating func feed(_ bytes: ArraySlice<UInt8>) throws(Fault) -> [RDBPiece] {
        try parser.feed(bytes.span)
        marks += parser.takeMarks()
        let known = waiting + bytes
        let end = Int(parser.position - start)
        var pieces: [RDBPiece] = []
        var index = 0
        var passed = 0
        while true {
            let next = passed < marks.count ? marks[passed] : nil
            let stop = next.map { Int(clamping: $0.offset - start) } ?? .max
            if min(stop, end) > index {
                let bytes = known[index..<min(stop, end)]
                pieces.append(RDBPiece(section: section, isFirst: isFirst, bytes: bytes))
                isFirst = false
                index = min(stop, end)
            }
            guard let next, stop <= end else { break }
            section = next.section
            isFirst = true
            passed += 1
        }
        marks.removeFirst(passed)
        waiting = Array(known[index...])
        start += UInt64(index)
        return pieces
    }

    /// Takes the next bytes and returns what is understood, with where in it keys and other records begin.
    ///
    /// - Throws: `rdbDamaged` or `rdbUnsupported`.
    package mutating func feedRecords(
        _ bytes: [UInt8]
    ) throws(Fault) -> (bytes: ArraySlice<UInt8>, starts: [Int]) {
        try parser.feed(bytes)
        marks += parser.takeMarks()
        let known = waiting.isEmpty ? bytes : waiting + bytes
        let end = Int(parser.position - start)
        var starts: [Int] = []
        var passed = 0
        while passed < marks.count, marks[passed].offset - start <= UInt64(end) {
            switch marks[passed].section {
            case .record, .key: starts.append(Int(marks[passed].offset - start))
            case .magic, .value, .fieldExpiry, .fieldDelay, .fieldPack: break
            }
            passed += 1
        }
        marks.removeFirst(passed)
        waiting = Array(known[end...])
        start += UInt64(end)
        return (known[..<end], starts)
    }

    /// Whether the end was reached and the checksum was right.
    var isComplete: Bool { parser.isComplete }

    /// Says what was read, once all bytes were fed.
    ///
    /// - Throws: `rdbDamaged` when the RDB ends too early.
    package func finish() throws(Fault) -> RDBFacts { try parser.finish() }
}
