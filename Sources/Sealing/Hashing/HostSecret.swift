internal import Crypto
public import Model

/// The 32 random bytes that a host derives its keyed names from; they open nothing.
///
/// Losing them costs one full backup: contents get new ids.
public struct HostSecret: Sendable {
    /// What a key is derived for (`Docs/format`, section 6).
    public enum Purpose: String, Sendable, CaseIterable {
        /// Ids of pages.
        case page
        /// Ids of data chunks.
        case chunk
        /// Ids of manifest chunks.
        case manifest
        /// Chunk boundaries.
        case gear
        /// Tags of log pieces.
        case log
        /// Tags of secrets.
        case secret
    }

    private let key: SymmetricKey

    /// Makes a new secret from the system's randomness.
    public init() { key = SymmetricKey(size: .bits256) }

    /// Takes the 32 bytes of a secret.
    ///
    /// - Throws: `E-KEY-FORM` when there are not 32.
    public init(bytes: [UInt8]) throws(Fault) {
        guard bytes.count == 32 else {
            throw Fault(.invalidKey, "unable to read a host secret: not 32 bytes")
        }
        key = SymmetricKey(data: bytes)
    }

    /// The 32 bytes, for the host's key file only.
    public var bytes: [UInt8] { unsafe key.withUnsafeBytes { unsafe Array($0) } }

    /// The hasher for one purpose in one vault.
    public func hasher(for purpose: Purpose, vault: Digest256) -> ContentHasher {
        let derived = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: key,
            salt: vault.bytes,
            info: Array("lifeboat/1/\(purpose.rawValue)".utf8),
            outputByteCount: 32
        )
        return unsafe ContentHasher(key: derived.withUnsafeBytes { unsafe Array($0) })
    }
}
