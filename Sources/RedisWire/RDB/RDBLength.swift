/// A length as an RDB writes it (see ``RDBShape``), read from the bytes at hand.
struct RDBLength {
    /// What became of reading it.
    enum Outcome {
        /// The value is a length.
        case length
        /// The value is the kind of a string that is not written plainly.
        case encoding
        /// More bytes are needed.
        case incomplete
        /// There is no such length.
        case invalid
    }

    let outcome: Outcome
    let value: UInt64
    /// How many bytes it takes.
    let size: Int

    @inline(__always)
    init(_ bytes: Span<UInt8>, at index: Int) {
        guard index < bytes.count else {
            self.init(.incomplete)
            return
        }
        let first = bytes[index]
        switch first >> 6 {
        case 0: self.init(.length, UInt64(first), 1)
        case 1:
            guard index + 1 < bytes.count else {
                self.init(.incomplete)
                return
            }
            self.init(.length, UInt64(first & 0x3F) << 8 | UInt64(bytes[index + 1]), 2)
        case 3: self.init(.encoding, UInt64(first & 0x3F), 1)
        default: self.init(wide: bytes, at: index)
        }
    }

    /// Lengths of 4 or 8 bytes after the first one, big-endian.
    private init(wide bytes: Span<UInt8>, at index: Int) {
        let width: Int
        switch bytes[index] {
        case 0x80: width = 4
        case 0x81: width = 8
        default:
            self.init(.invalid)
            return
        }
        guard bytes.count - index > width else {
            self.init(.incomplete)
            return
        }
        var value: UInt64 = 0
        for place in (index + 1)...(index + width) { value = value << 8 | UInt64(bytes[place]) }
        self.init(.length, value, width + 1)
    }

    @inline(__always)
    private init(_ outcome: Outcome, _ value: UInt64 = 0, _ size: Int = 0) {
        self.outcome = outcome
        self.value = value
        self.size = size
    }
}
