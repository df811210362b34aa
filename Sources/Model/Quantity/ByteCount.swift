/// A number of bytes.
public struct ByteCount: Sendable, Hashable, Comparable {
    /// The bytes.
    public var bytes: Int64

    /// Wraps a number of bytes.
    public init(_ bytes: Int64) { self.bytes = bytes }

    /// Wraps a number of bytes.
    public init(_ bytes: Int) { self.bytes = Int64(bytes) }

    /// No bytes.
    public static let zero = ByteCount(Int64(0))

    /// Orders by size.
    public static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }

    /// Adds two sizes.
    public static func + (left: ByteCount, right: ByteCount) -> ByteCount {
        ByteCount(left.bytes + right.bytes)
    }

    /// Adds to a size.
    public static func += (left: inout ByteCount, right: ByteCount) { left.bytes += right.bytes }
}

extension ByteCount: CustomStringConvertible {
    /// The size in the largest binary unit that keeps it at one or more, with one digit after the point.
    public var description: String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
        var value = Double(bytes)
        var unit = 0
        while abs(value) >= 1024, unit + 1 < units.count {
            value /= 1024
            unit += 1
        }
        guard unit > 0 else { return "\(bytes) B" }
        let tenths = Int64((value * 10).rounded())
        return "\(tenths / 10).\(abs(tenths % 10)) \(units[unit])"
    }
}
