/// Takes numbers of variable length (unsigned LEB128) from foreign bytes.
struct NumberReader {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { place == bytes.count }

    /// The next number; nil when it is cut short, does not fit, or has needless bytes.
    mutating func take() -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while place < bytes.count, shift < 64 {
            let byte = bytes[place]
            place += 1
            guard shift < 63 || byte <= 1, byte != 0 || shift == 0 else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }

    /// The next number, of at most 32 bits.
    mutating func takeSmall() -> UInt32? { take().flatMap { UInt32(exactly: $0) } }

    /// The next bytes as they are; nil when they are not all there.
    mutating func takeBytes(_ count: Int) -> ArraySlice<UInt8>? {
        guard bytes.count - place >= count else { return nil }
        place += count
        return bytes[place - count..<place]
    }
}

extension [UInt8] {
    /// Adds a number of variable length.
    mutating func appendNumber(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }
}
