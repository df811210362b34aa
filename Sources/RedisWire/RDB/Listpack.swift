/// Small values of Redis packed into one string.
///
/// ```
/// total:4 LE  count:2 LE  entry*  0xFF        entry = encoding content length-of-both (1 to 5 bytes)
/// ```
/// Source: `listpack.c` of Redis 7.0.
enum Listpack {
    /// One entry.
    struct Entry {
        /// The number, where the entry is one of 64 bits.
        let wideNumber: Int64?
        /// Where the next begins.
        let end: Int
    }

    static let headerSize = 6
    static let end: UInt8 = 0xFF

    /// The entry that begins at an offset; nil at the end and where there is none whole.
    static func entry(_ bytes: [UInt8], at offset: Int) -> Entry? {
        guard offset < bytes.count, bytes[offset] != end,
            let size = size(bytes, at: offset), size <= bytes.count - offset
        else { return nil }
        let next = offset + size + backLength(size)
        guard next < bytes.count else { return nil }
        let isWide = bytes[offset] == 0xF4
        return Entry(
            wideNumber: isWide ? RDBExpiryEdit.number(Array(bytes[offset + 1..<offset + 9])) : nil,
            end: next
        )
    }

    /// How long encoding and content are.
    private static func size(_ bytes: [UInt8], at offset: Int) -> Int? {
        let first = bytes[offset]
        switch first {
        case 0x00...0x7F: return 1
        case 0x80...0xBF: return 1 + Int(first & 0x3F)
        case 0xC0...0xDF: return 2
        case 0xE0...0xEF:
            guard offset + 1 < bytes.count else { return nil }
            return 2 + (Int(first & 0x0F) << 8 | Int(bytes[offset + 1]))
        case 0xF0:
            guard offset + 5 <= bytes.count else { return nil }
            let length = bytes[offset + 1..<offset + 5].reversed().reduce(0) { $0 << 8 | Int($1) }
            return 5 + length
        case 0xF1: return 3
        case 0xF2: return 4
        case 0xF3: return 5
        case 0xF4: return 9
        default: return nil
        }
    }

    private static func backLength(_ size: Int) -> Int {
        switch size {
        case ...127: 1
        case ..<16_383: 2
        case ..<2_097_151: 3
        case ..<268_435_455: 4
        default: 5
        }
    }
}
