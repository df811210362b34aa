internal import Crypto
public import Model

/// The random key of one sealed object, held in memory only.
public struct ObjectKey: Sendable {
    let key: SymmetricKey

    /// Makes a new key from the system's randomness.
    public init() { key = SymmetricKey(size: .bits256) }

    /// Opens an envelope.
    ///
    /// - Throws: `E-KEY-WRONG` when no identity fits, `E-SEAL-BROKEN` when the envelope is damaged.
    public init(envelope: [UInt8], identities: [AgeIdentity]) throws(Fault) {
        let bytes = try AgeFile.open(envelope, with: identities)
        guard bytes.count == 32 else { throw AgeFile.broken("it does not hold a key") }
        key = SymmetricKey(data: bytes)
    }

    /// Seals the key to recipients, as a standard age file.
    ///
    /// - Throws: `E-KEY-FORM` when a recipient is not usable.
    public func envelope(to recipients: [AgeRecipient]) throws(Fault) -> [UInt8] {
        unsafe try AgeFile.seal(key.withUnsafeBytes { unsafe Array($0) }, to: recipients)
    }
}
