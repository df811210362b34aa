internal import Crypto
public import Model

/// SHA-256 over bytes that come in pieces.
public struct DigestStream: Sendable {
    private var hash = SHA256()

    /// Begins with no bytes.
    public init() {}

    /// Adds bytes.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        unsafe hash.update(bufferPointer: bytes)
    }

    /// Adds bytes.
    public mutating func update(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { buffer in unsafe hash.update(bufferPointer: buffer) }
    }

    /// Adds bytes.
    public mutating func update(_ bytes: ArraySlice<UInt8>) {
        unsafe bytes.withUnsafeBytes { buffer in unsafe hash.update(bufferPointer: buffer) }
    }

    /// Adds the 16 bytes of an id.
    public mutating func update(_ id: ContentID) {
        let halves = (id.high.bigEndian, id.low.bigEndian)
        unsafe withUnsafeBytes(of: halves) { buffer in unsafe hash.update(bufferPointer: buffer) }
    }

    /// The digest of everything so far; more may follow.
    public func finish() -> Digest256 {
        let digest = unsafe hash.finalize().withUnsafeBytes { unsafe Digest256($0) }
        guard let digest else { preconditionFailure("SHA-256 has 32 bytes") }
        return digest
    }
}
