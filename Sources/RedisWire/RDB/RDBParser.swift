public import Model

/// Reads an RDB as it arrives and proves that it is whole; keeps counts, never values.
///
/// Feed it the bytes in order, split in any way, then ask for the facts with ``finish()``. What it
/// accepts has the structure that ``RDBShape`` draws from the first to the last byte and, unless
/// the server switched checksums off, the checksum that the server computed. Versions 1 to 12 of
/// Redis and 80 of Valkey are known. Memory is bounded whatever the bytes say. After a fault it is
/// of no further use.
public struct RDBParser: Sendable {
    enum Stage {
        case magic
        case record
        case content
        case complete
    }

    struct Loop {
        var start: Int
        var remaining: UInt64
    }

    /// More than any single item needs: the longest is a module's string header with 28 bytes.
    private static let seam = 64

    var program = RDBProgram.redis
    let moment: Instant?
    var facts = RDBFacts()
    var stage = Stage.magic
    /// Which instruction of the program comes next while the stage is `content`.
    var instruction = 0
    var loops: [Loop] = []
    /// Bytes still to be stepped over.
    var skipping: UInt64 = 0
    /// What is kept of the bytes stepped over; nil when nothing is.
    var kept: [UInt8]?
    var factName: [UInt8] = []
    /// Whether what is kept is a little-endian number instead of text.
    var isNumber = false
    /// Whether the present record is a key with its value.
    var isKey = false
    /// When the next key expires, in milliseconds since 1970.
    var expiry: Int64?
    var database = 0
    var counts = RDBKeyCount()
    /// Where the bytes under the checksum end; known when the end mark was seen.
    var checksumEnd = UInt64.max
    var storedChecksum: UInt64?
    /// The offset in the RDB of the first byte of what is being looked at.
    var base: UInt64 = 0

    /// Where sections begin, see ``RDBSection``; nil when nobody asks for them.
    var marks: [(offset: UInt64, section: RDBSection)]?
    /// How far everything is understood: what lies behind begins an incomplete item.
    private(set) var position: UInt64 = 0

    private var checksum = CRC64()
    /// The beginning of an item whose rest has not arrived.
    private var carry: [UInt8] = []
    private var received: UInt64 = 0

    /// Makes a parser.
    ///
    /// - Parameter moment: Also counts the keys that have expired by then; nil to not count them.
    public init(countingExpiredBy moment: Instant? = nil) { self.moment = moment }

    /// Makes a parser that also tells where sections begin.
    init(markingSectionsAnd moment: Instant?) {
        self.moment = moment
        marks = []
    }

    /// The sections that began since the last call, in order.
    mutating func takeMarks() -> [(offset: UInt64, section: RDBSection)] {
        let taken = marks ?? []
        marks?.removeAll(keepingCapacity: true)
        return taken
    }

    /// Whether the end was reached and the checksum was right.
    public var isComplete: Bool { stage == .complete }

    /// Takes the next bytes of the RDB.
    ///
    /// - Throws: `rdbDamaged` or `rdbUnsupported`, with the offset of the byte that does not fit.
    public mutating func feed(_ bytes: [UInt8]) throws(Fault) { try feed(bytes.span) }

    /// Takes the next bytes of the RDB.
    ///
    /// - Throws: `rdbDamaged` or `rdbUnsupported`, with the offset of the byte that does not fit.
    public mutating func feed(_ bytes: Span<UInt8>) throws(Fault) {
        guard !bytes.isEmpty else { return }
        guard !isComplete else {
            throw Self.damage("bytes follow its end", at: position)
        }
        let wasReceived = received
        received += UInt64(bytes.count)
        if let start = try joinCarry(with: bytes) {
            base = wasReceived + UInt64(start)
            let rest = bytes.extracting(droppingFirst: start)
            let used = try advance(rest)
            position = base + UInt64(used)
            keepCarry(rest, from: used)
        }
        let summed = min(UInt64(bytes.count), checksumEnd &- min(wasReceived, checksumEnd))
        // Every byte of an initialised span of bytes may be read.
        checksum.update(unsafe bytes.bytes.extracting(first: Int(summed)))
        try verifyChecksum()
        if isComplete, !carry.isEmpty {
            throw Self.damage("bytes follow its end", at: position)
        }
    }

    /// Says what was read, once all bytes were fed.
    ///
    /// - Throws: `rdbDamaged` when the RDB ends too early.
    public func finish() throws(Fault) -> RDBFacts {
        guard isComplete else {
            throw Self.damage("it ends too early", at: received)
        }
        var facts = facts
        facts.bytes = ByteCount(Int64(clamping: received))
        return facts
    }

    /// Finishes the item whose beginning was kept; how many of the bytes that took, nil when all
    /// and more are needed.
    private mutating func joinCarry(with bytes: Span<UInt8>) throws(Fault) -> Int? {
        guard !carry.isEmpty else { return 0 }
        let carried = carry.count
        var joined = carry
        for index in 0..<min(bytes.count, Self.seam) { joined.append(bytes[index]) }
        base = received - UInt64(bytes.count) - UInt64(carried)
        let used = try advance(joined.span)
        position = base + UInt64(used)
        guard used >= carried else {
            keepCarry(joined.span, from: used)
            return nil
        }
        carry = []
        return used - carried
    }

    private mutating func keepCarry(_ bytes: Span<UInt8>, from start: Int) {
        carry.removeAll(keepingCapacity: true)
        for index in start..<min(bytes.count, start + Self.seam) { carry.append(bytes[index]) }
    }

    private mutating func verifyChecksum() throws(Fault) {
        guard isComplete, let stored = storedChecksum, stored != 0 else { return }
        guard stored == checksum.value else {
            throw Self.damage("its checksum is not that of its bytes", at: checksumEnd)
        }
        facts.isChecksummed = true
    }

    static func damage(_ fact: String, at offset: UInt64) -> Fault {
        Fault(.rdbDamaged, "unable to read the RDB: \(fact), at byte \(offset)")
    }

    static func unsupported(_ fact: String, at offset: UInt64) -> Fault {
        Fault(
            .rdbUnsupported,
            "unable to read the RDB: \(fact), at byte \(offset)",
            hints: [
                "RDB versions 1 to 12 (Redis up to 8.2, Valkey up to 8.1) and 80 (Valkey 9.0 and 9.1) "
                    + "can be protected."
            ]
        )
    }
}
