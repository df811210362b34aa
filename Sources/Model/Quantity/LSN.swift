/// A position in PostgreSQL's write-ahead log, in bytes since the cluster began.
public struct LSN: Sendable, Hashable, Comparable {
    /// The position.
    public let value: UInt64

    /// Wraps a position.
    public init(_ value: UInt64) { self.value = value }

    /// Reads the server's own text form, two hexadecimal halves (`16/B374D848`); nil when it is not one.
    public init?(_ text: some StringProtocol) {
        let halves = text.split(omittingEmptySubsequences: false) { $0 == "/" }
        guard halves.count == 2, halves.allSatisfy({ (1...8).contains($0.utf8.count) }),
            let high = UInt32(halves[0], radix: 16), let low = UInt32(halves[1], radix: 16)
        else { return nil }
        value = UInt64(high) << 32 | UInt64(low)
    }

    /// Orders by position.
    public static func < (left: LSN, right: LSN) -> Bool { left.value < right.value }

    /// The position `bytes` further on.
    public static func + (left: LSN, bytes: UInt64) -> LSN { LSN(left.value + bytes) }

    /// How many bytes lie between two positions; `left` must not be before `right`.
    public static func - (left: LSN, right: LSN) -> UInt64 { left.value - right.value }
}

extension LSN: CustomStringConvertible {
    /// The server's own text form.
    public var description: String {
        let high = String(value >> 32, radix: 16, uppercase: true)
        let low = String(value & 0xFFFF_FFFF, radix: 16, uppercase: true)
        return "\(high)/\(low)"
    }
}
