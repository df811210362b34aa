public import Model

/// Writes an RDB anew with other moments at which things expire, and with the checksum of what it wrote.
///
/// Everything else stays byte by byte. What goes in is proved as ``RDBParser`` does; what comes out counts only
/// once ``finish(into:)`` has returned.
public struct RDBRewriter: Sendable {
    /// How much is cut into sections at once.
    private static let step = 64 << 10

    private var editor: RDBEditor
    private var checksum = CRC64()
    private var written: Int64 = 0
    /// The end mark and the checksum that the server wrote.
    private var end: [UInt8] = []

    /// Makes a rewriter that also counts what has expired by a moment, before the change.
    public init(_ change: RDBExpiryChange, countingExpiredBy moment: Instant? = nil) {
        editor = RDBEditor(change, countingExpiredBy: moment)
    }

    /// Takes the next bytes and appends what is to be written for them.
    ///
    /// - Throws: `rdbDamaged` or `rdbUnsupported`.
    public mutating func feed(
        _ bytes: ArraySlice<UInt8>,
        into output: inout [UInt8]
    ) throws(Fault) {
        let start = output.count
        var rest = bytes
        while !rest.isEmpty {
            append(try editor.feed(rest.prefix(Self.step)), to: &output)
            rest = rest.dropFirst(Self.step)
        }
        count(output[start...])
    }

    /// Appends the end, once all bytes were fed, and says what was read; its length is that of what was written.
    ///
    /// - Throws: `rdbDamaged` when the RDB ends too early, `rdbUnsupported`.
    public mutating func finish(into output: inout [UInt8]) throws(Fault) -> RDBFacts {
        let (pieces, facts) = try editor.finish()
        let start = output.count
        append(pieces, to: &output)
        output += end.prefix(1)
        count(output[start...])
        var written = facts
        if end.count > 1 {
            let sum = facts.isChecksummed ? checksum.value : 0
            output += (0..<8).map { UInt8(truncatingIfNeeded: sum >> UInt64(8 * $0)) }
            self.written += 8
        }
        written.bytes = ByteCount(self.written)
        return written
    }

    private mutating func append(_ pieces: [RDBPiece], to output: inout [UInt8]) {
        for piece in pieces {
            if piece.section == .record(255) { end += piece.bytes } else { output += piece.bytes }
        }
    }

    private mutating func count(_ bytes: ArraySlice<UInt8>) {
        // Every byte of an initialised span of bytes may be read.
        checksum.update(unsafe bytes.span.bytes)
        written += Int64(bytes.count)
    }
}
