/// The CRC-32 of Castagnoli (polynomial 0x1EDC6F41, reflected), as `pg_control` and WAL records
/// carry it.
///
/// Works on eight bytes at a time with eight tables ("slicing by 8", as PostgreSQL's
/// `port/pg_crc32c_sb8.c`).
public struct CRC32C: Sendable, Hashable {
    private var register: UInt32 = 0xFFFF_FFFF

    /// The sum of no bytes so far.
    public init() {}

    /// The sum of some bytes.
    public init(_ bytes: some Sequence<UInt8>) {
        update(bytes)
    }

    /// The sum of everything added.
    public var value: UInt32 { register ^ 0xFFFF_FFFF }

    /// Adds bytes.
    public mutating func update(_ bytes: some Sequence<UInt8>) {
        let used: Void? = bytes.withContiguousStorageIfAvailable { buffer in
            update(unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(buffer)))
        }
        guard used == nil else { return }
        unsafe update(Array(bytes).span.bytes)
    }

    /// Adds bytes.
    public mutating func update(_ bytes: RawSpan) {
        let tables = Self.tables
        var sum = register
        var offset = 0
        while offset + 8 <= bytes.byteCount {
            let word = bytes.littleEndian(UInt64.self, at: offset) ^ UInt64(sum)
            sum = 0
            for index in 0..<8 {
                let byte = Int(truncatingIfNeeded: word >> UInt64(8 * index)) & 0xFF
                sum ^= tables[(7 - index) << 8 | byte]
            }
            offset += 8
        }
        while offset < bytes.byteCount {
            let byte = bytes.littleEndian(UInt8.self, at: offset)
            sum = tables[Int((sum ^ UInt32(byte)) & 0xFF)] ^ sum >> 8
            offset += 1
        }
        register = sum
    }

    /// Eight tables of 256 entries; table n advances a byte over n further bytes of zeros.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var sum = UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ 0x82F6_3B78 }
            tables[byte] = sum
        }
        for index in 256..<8 * 256 {
            let before = tables[index - 256]
            tables[index] = tables[Int(before & 0xFF)] ^ before >> 8
        }
        return tables
    }()
}
