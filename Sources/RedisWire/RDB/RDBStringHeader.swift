/// What stands before the bytes of a string in an RDB (see ``RDBShape``).
struct RDBStringHeader {
    enum Outcome {
        /// Plain bytes follow.
        case plain
        /// A number of 1, 2 or 4 bytes follows.
        case number
        /// LZF-compressed bytes follow.
        case compressed
        case incomplete
        case invalid
    }

    let outcome: Outcome
    /// How many bytes the header takes.
    let size: Int
    /// How many bytes follow it.
    let content: UInt64

    /// LZF turns at most 264 bytes into 3, so more than this many per byte cannot be.
    private static let greatestExpansion: UInt64 = 88

    @inline(__always)
    init(_ bytes: Span<UInt8>, at index: Int) {
        let length = RDBLength(bytes, at: index)
        switch length.outcome {
        case .length: self.init(.plain, length.size, length.value)
        case .encoding where length.value < 3: self.init(.number, 1, 1 << length.value)
        case .encoding where length.value == 3: self.init(compressed: bytes, at: index + 1)
        case .incomplete: self.init(.incomplete, 0, 0)
        case .encoding, .invalid: self.init(.invalid, 0, 0)
        }
    }

    private init(compressed bytes: Span<UInt8>, at index: Int) {
        let stored = RDBLength(bytes, at: index)
        guard stored.outcome == .length else {
            self.init(stored.outcome == .incomplete ? .incomplete : .invalid, 0, 0)
            return
        }
        let plain = RDBLength(bytes, at: index + stored.size)
        guard plain.outcome == .length else {
            self.init(plain.outcome == .incomplete ? .incomplete : .invalid, 0, 0)
            return
        }
        let most = stored.value.multipliedReportingOverflow(by: Self.greatestExpansion)
        guard stored.value > 0, plain.value > 0, most.overflow || plain.value <= most.partialValue
        else {
            self.init(.invalid, 0, 0)
            return
        }
        self.init(.compressed, 1 + stored.size + plain.size, stored.value)
    }

    @inline(__always)
    private init(_ outcome: Outcome, _ size: Int, _ content: UInt64) {
        self.outcome = outcome
        self.size = size
        self.content = content
    }
}
