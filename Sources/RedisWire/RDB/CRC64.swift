/// The checksum at the end of an RDB: CRC-64 with the Jones polynomial.
///
/// Polynomial `0xad93d23594c935a9`, bits reflected on the way in and out, start and final value 0;
/// `123456789` gives `0xe9c6d914c4b8d9ca`. Source: `src/crc64.c` of Redis. Eight tables take eight
/// bytes a step ("slicing by 8").
public struct CRC64: Sendable, Hashable {
    /// The checksum of all bytes so far.
    public private(set) var value: UInt64 = 0

    private static let reflectedPolynomial: UInt64 = 0x95ac_9329_ac4b_c9b5

    /// Table `t` at `t * 256`: what a byte does to the checksum when `t` more bytes follow it.
    private static let tables: [UInt64] = {
        var tables = (0..<UInt64(256)).map { byte in
            (0..<8).reduce(byte) { crc, _ in
                crc & 1 == 1 ? crc >> 1 ^ reflectedPolynomial : crc >> 1
            }
        }
        for index in 256..<(8 * 256) {
            let shorter = tables[index - 256]
            tables.append(shorter >> 8 ^ tables[Int(shorter & 0xFF)])
        }
        return tables
    }()

    /// The checksum of no bytes: 0.
    public init() {}

    /// Adds bytes to the checksum.
    public mutating func update(_ bytes: RawSpan) {
        let tables = Self.tables.span
        var crc = value
        var offset = 0
        while offset + 8 <= bytes.byteCount {
            // The bounds were checked by the loop's condition.
            let word = unsafe bytes.unsafeLoadUnaligned(
                fromUncheckedByteOffset: offset,
                as: UInt64.self
            )
            let mixed = crc ^ UInt64(littleEndian: word)
            // Each index is a byte plus the start of its table, so always below 2048.
            let high =
                unsafe tables[unchecked: 1792 + Int(mixed & 0xFF)]
                ^ tables[unchecked: 1536 + Int(mixed >> 8 & 0xFF)]
                ^ tables[unchecked: 1280 + Int(mixed >> 16 & 0xFF)]
                ^ tables[unchecked: 1024 + Int(mixed >> 24 & 0xFF)]
            let low =
                unsafe tables[unchecked: 768 + Int(mixed >> 32 & 0xFF)]
                ^ tables[unchecked: 512 + Int(mixed >> 40 & 0xFF)]
                ^ tables[unchecked: 256 + Int(mixed >> 48 & 0xFF)]
                ^ tables[unchecked: Int(mixed >> 56)]
            crc = high ^ low
            offset += 8
        }
        while offset < bytes.byteCount {
            let byte = unsafe bytes.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
            crc = crc >> 8 ^ tables[Int((crc ^ UInt64(byte)) & 0xFF)]
            offset += 1
        }
        value = crc
    }
}
