public import Model

/// The name of a WAL segment file: timeline and number, 24 upper-case hexadecimal digits.
///
/// ```text
///   00000001 0000000A 000000FF      timeline, number / (4 GiB / size), number mod (4 GiB / size)
/// ```
/// Source: `XLogFileName` in `src/include/access/xlog_internal.h`.
public struct SegmentName: Sendable, Hashable {
    /// The timeline, from 1.
    public let timeline: UInt32
    /// The number of the segment: its first position divided by the size.
    public let number: UInt64
    /// The size of the cluster's segments.
    public let size: SegmentSize

    /// The segment that holds a position; nil in the very last segment of the 64-bit space, which
    /// has no end.
    public init?(timeline: UInt32, containing position: LSN, size: SegmentSize) {
        self.init(timeline: timeline, number: position.value / size.bytes, size: size)
    }

    /// Reads a file name; nil when it is none of a segment of this size.
    public init?(_ text: some StringProtocol, size: SegmentSize) {
        let digits = Array(text.utf8)
        guard digits.count == 24, let timeline = Self.hexadecimal(digits[0..<8]),
            let log = Self.hexadecimal(digits[8..<16]), let low = Self.hexadecimal(digits[16..<24]),
            low < size.perLog
        else { return nil }
        self.init(
            timeline: UInt32(truncatingIfNeeded: timeline),
            number: log * size.perLog + low,
            size: size
        )
    }

    private init?(timeline: UInt32, number: UInt64, size: SegmentSize) {
        guard timeline > 0, number < UInt64.max / size.bytes else { return nil }
        self.timeline = timeline
        self.number = number
        self.size = size
    }

    /// The position of the first byte.
    public var start: LSN { LSN(number * size.bytes) }

    /// The position after the last byte.
    public var end: LSN { LSN((number + 1) * size.bytes) }

    /// The segment after this one on the same timeline; nil at the end of the 64-bit space.
    public var next: SegmentName? {
        SegmentName(timeline: timeline, number: number + 1, size: size)
    }

    /// Where a position lies in the file; nil when it lies in another segment.
    public func offset(of position: LSN) -> Int? {
        guard start <= position, position < end else { return nil }
        return Int(position - start)
    }

    /// The name while the segment is not complete, as `pg_receivewal` and promotions leave it.
    public var partial: String { "\(self).partial" }

    static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                value = value << 4 | UInt64(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "A")...UInt8(ascii: "F"):
                value = value << 4 | UInt64(digit - UInt8(ascii: "A") + 10)
            default: return nil
            }
        }
        return value
    }

    static func hexadecimal(_ value: UInt64) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 8 - text.utf8.count)) + text
    }
}

extension SegmentName: CustomStringConvertible {
    /// The 24 digits.
    public var description: String {
        [UInt64(timeline), number / size.perLog, number % size.perLog]
            .map { Self.hexadecimal($0) }.joined()
    }
}
