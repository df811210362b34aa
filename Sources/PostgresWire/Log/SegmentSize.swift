/// The size of a WAL segment file: a power of two from 1 MiB to 1 GiB, fixed when the cluster is
/// made.
public struct SegmentSize: Sendable, Hashable {
    /// The size in bytes.
    public let bytes: UInt64

    /// The size that `initdb` chooses unless told otherwise: 16 MiB.
    public static let standard = SegmentSize(checked: 16 << 20)

    /// Takes a number of bytes; nil when no server allows it.
    public init?(bytes: UInt64) {
        guard bytes.nonzeroBitCount == 1, (1 << 20...1 << 30).contains(bytes) else { return nil }
        self.init(checked: bytes)
    }

    private init(checked bytes: UInt64) { self.bytes = bytes }

    /// How many segments share the middle eight digits of their names.
    var perLog: UInt64 { (1 << 32) / bytes }
}
