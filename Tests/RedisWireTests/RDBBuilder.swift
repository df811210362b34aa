import RedisWire

/// Writes RDBs by hand for the parser to read.
struct RDBBuilder {
    private(set) var bytes: [UInt8]

    init(version: Int = 10) {
        let digits = String(version)
        bytes = Array(("REDIS" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
    }

    init(valkey version: Int) { bytes = Array("VALKEY0\(version)".utf8) }

    /// Raw bytes.
    mutating func raw(_ more: [UInt8]) { bytes += more }

    /// A plain string with its length.
    mutating func string(_ text: String) { string(Array(text.utf8)) }

    mutating func string(_ content: [UInt8]) {
        length(UInt64(content.count))
        bytes += content
    }

    mutating func length(_ value: UInt64) {
        switch value {
        case 0..<64: bytes.append(UInt8(value))
        case 64..<16_384: bytes += [0x40 | UInt8(value >> 8), UInt8(value & 0xFF)]
        case 16_384...UInt64(UInt32.max):
            bytes.append(0x80)
            for shift in [24, 16, 8, 0] { bytes.append(UInt8(value >> UInt64(shift) & 0xFF)) }
        default:
            bytes.append(0x81)
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(value >> UInt64(shift) & 0xFF))
            }
        }
    }

    /// A key of a type, then the value's raw bytes.
    mutating func key(_ name: String, type: UInt8, _ value: [UInt8]) {
        bytes.append(type)
        string(name)
        bytes += value
    }

    /// The value bytes that `build` writes.
    static func value(_ build: (inout RDBBuilder) -> Void) -> [UInt8] {
        var builder = RDBBuilder()
        builder.bytes = []
        build(&builder)
        return builder.bytes
    }

    /// Ends the RDB with its checksum, or with 0 for none.
    func finished(checksum: Bool = true) -> [UInt8] {
        var all = bytes + [0xFF]
        var crc = CRC64()
        crc.update(all.span.bytes)
        let value = checksum ? crc.value : 0
        for shift in 0..<8 { all.append(UInt8(value >> UInt64(8 * shift) & 0xFF)) }
        return all
    }
}
