internal import Crypto
public import Model

/// SHA-256 of bytes that lie together.
public enum Hashing {
    /// The digest of some bytes.
    public static func sha256(_ bytes: [UInt8]) -> Digest256 {
        unsafe bytes.withUnsafeBytes { buffer in unsafe sha256(buffer) }
    }

    /// The digest of some bytes.
    public static func sha256(_ bytes: ArraySlice<UInt8>) -> Digest256 {
        unsafe bytes.withUnsafeBytes { buffer in unsafe sha256(buffer) }
    }

    /// The digest of some bytes.
    public static func sha256(_ bytes: UnsafeRawBufferPointer) -> Digest256 {
        var stream = DigestStream()
        unsafe stream.update(bytes)
        return stream.finish()
    }
}
