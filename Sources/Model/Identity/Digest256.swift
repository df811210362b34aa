/// A SHA-256 digest: the name of an object in a vault, the hash of a file.
///
/// Held as four words because a 32-byte array would be a heap object and `InlineArray` is not hashable.
public struct Digest256: Sendable, Hashable, Comparable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// Takes 32 bytes; nil for any other number.
    public init?(_ bytes: some Sequence<UInt8>) {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        var count = 0
        for byte in bytes {
            switch count / 8 {
            case 0: words.0 = words.0 << 8 | UInt64(byte)
            case 1: words.1 = words.1 << 8 | UInt64(byte)
            case 2: words.2 = words.2 << 8 | UInt64(byte)
            case 3: words.3 = words.3 << 8 | UInt64(byte)
            default: return nil
            }
            count += 1
        }
        guard count == 32 else { return nil }
        self.words = words
    }

    /// Reads 64 lower-case hexadecimal digits; nil when it is anything else.
    public init?(hexadecimal text: some StringProtocol) {
        guard let bytes = Hexadecimal.decode(text) else { return nil }
        self.init(bytes)
    }

    /// The 32 bytes.
    public var bytes: [UInt8] {
        let bytes = (
            words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian
        )
        return unsafe withUnsafeBytes(of: bytes) { unsafe Array($0) }
    }

    /// The first eight bytes as one big-endian number: how manifests name a pack.
    public var prefix: UInt64 { words.0 }

    /// The first 16 hexadecimal digits, as object names carry them.
    public var short: String {
        unsafe withUnsafeBytes(of: words.0.bigEndian) { unsafe Hexadecimal.encode($0) }
    }

    /// Equal when all 32 bytes are.
    public static func == (left: Digest256, right: Digest256) -> Bool { left.words == right.words }

    /// Orders by bytes.
    public static func < (left: Digest256, right: Digest256) -> Bool { left.words < right.words }

    /// Hashes the first word, which is as random as the whole.
    public func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}

extension Digest256: CustomStringConvertible {
    /// 64 lower-case hexadecimal digits.
    public var description: String { Hexadecimal.encode(bytes) }
}
