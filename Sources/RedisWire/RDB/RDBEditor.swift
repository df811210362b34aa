import Model

/// Changes the moments at which things expire while an RDB passes through, and nothing else.
///
/// ```
/// bytes ▶ RDBSplitter ▶ sections ▶ those with moments are held and changed ▶ pieces
/// ```
/// One section is held at most, and of those only listpacks of hashes can be longer than 16 bytes.
struct RDBEditor {
    /// The longest listpack that is held; Redis keeps a hash in one only while it is small.
    private static let longestPack = 64 << 20

    private var splitter: RDBSplitter
    private let change: RDBExpiryChange
    private var held: [UInt8]?
    private var section = RDBSection.magic
    private var type: UInt8 = 0
    /// The first moment of the present hash, as it was.
    private var firstMoment: Int64 = 0

    /// Makes an editor; its parser also counts what has expired by a moment.
    init(_ change: RDBExpiryChange, countingExpiredBy moment: Instant?) {
        self.change = change
        splitter = RDBSplitter(countingExpiredBy: moment)
    }

    /// Whose RDB it is; known once its first section was handed on.
    var dialect: RDBDialect { splitter.dialect }

    /// The format's version; known once its first section was handed on.
    var version: Int { splitter.version }

    /// Takes the next bytes and returns pieces of sections, in order; sections with moments come
    /// whole, and not at all when they are dropped.
    ///
    /// - Throws: `rdbDamaged` or `rdbUnsupported`.
    mutating func feed(_ bytes: ArraySlice<UInt8>) throws(Fault) -> [RDBPiece] {
        var edited: [RDBPiece] = []
        for piece in try splitter.feed(bytes) {
            if piece.isFirst {
                try release(into: &edited)
                try begin(piece.section)
            }
            guard held != nil else {
                edited.append(piece)
                continue
            }
            held?.append(contentsOf: piece.bytes)
            guard (held?.count ?? 0) <= Self.longestPack else {
                throw RDBExpiryEdit.unsupported("a packed hash with expiring fields is too large")
            }
        }
        return edited
    }

    /// Returns what was held, once all bytes were fed, and what was read.
    ///
    /// - Throws: as ``feed(_:)``; `rdbDamaged` when the RDB ends too early.
    mutating func finish() throws(Fault) -> (pieces: [RDBPiece], facts: RDBFacts) {
        let facts = try splitter.finish()
        var edited: [RDBPiece] = []
        try release(into: &edited)
        return (edited, facts)
    }

    private mutating func begin(_ section: RDBSection) throws(Fault) {
        self.section = section
        switch section {
        case .record(252), .record(253), .fieldExpiry, .fieldDelay, .fieldPack:
            held = change == .keep ? nil : []
        case .key(let type):
            self.type = type
            // Packed otherwise by releases of Redis 7.4 that nobody runs.
            guard change != .keep, dialect == .redis, 22...23 ~= type else { return }
            throw RDBExpiryEdit.unsupported("hashes of a Redis 7.4 before its release")
        case .magic, .record, .value: break
        }
    }

    private mutating func release(into pieces: inout [RDBPiece]) throws(Fault) {
        guard let bytes = held else { return }
        held = nil
        let edited: [UInt8]
        switch section {
        case .record: edited = RDBExpiryEdit.record(bytes, change)
        case .fieldExpiry where dialect == .valkey:
            edited = RDBExpiryEdit.fieldMoment(bytes, change)
        case .fieldExpiry:
            firstMoment = RDBExpiryEdit.number(bytes)
            edited = RDBExpiryEdit.firstMoment(bytes, change)
        case .fieldDelay: edited = try RDBExpiryEdit.delay(bytes, from: firstMoment, change)
        case .fieldPack: edited = try RDBExpiryEdit.pack(bytes, change)
        case .magic, .key, .value: preconditionFailure("a section without moments is not held")
        }
        guard !edited.isEmpty else { return }
        pieces.append(RDBPiece(section: section, isFirst: true, bytes: edited[...]))
    }
}
