/// The keyed name of a page or a chunk: the first 16 bytes of its HMAC-SHA256 under a key of the host.
///
/// Two equal contents of one host have one id; without the key an id says nothing about its content.
public struct ContentID: Sendable, Hashable {
    /// The first eight bytes, big-endian.
    public let high: UInt64
    /// The last eight bytes, big-endian.
    public let low: UInt64

    /// Wraps two halves.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The id of a page of zeros, which is never stored.
    public static let zeroPage = ContentID(high: 0, low: 0)
}
