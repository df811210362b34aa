internal import Crypto
public import Model

/// Names contents by HMAC-SHA256 under one key.
public struct ContentHasher: Sendable {
    private let key: SymmetricKey
    /// The code with the key taken in: half of the work for a short content.
    private let keyed: HMAC<SHA256>

    /// Takes a 32-byte key.
    public init(key: [UInt8]) {
        precondition(key.count == 32, "an id key has 32 bytes")
        self.key = SymmetricKey(data: key)
        keyed = HMAC(key: self.key)
    }

    /// The 32 bytes of the key.
    public var keyBytes: [UInt8] { unsafe key.withUnsafeBytes { unsafe Array($0) } }

    /// The id of a content: the first 16 bytes of its HMAC.
    public func id(of content: UnsafeRawBufferPointer) -> ContentID {
        var code = keyed
        unsafe code.update(data: content)
        return unsafe code.finalize().withUnsafeBytes { bytes in
            unsafe ContentID(
                high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }

    /// The whole HMAC of a content, 32 bytes.
    public func tag(of content: [UInt8]) -> [UInt8] {
        var code = keyed
        code.update(data: content)
        return unsafe code.finalize().withUnsafeBytes { unsafe Array($0) }
    }
}
