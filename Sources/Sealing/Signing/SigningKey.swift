internal import Crypto
public import Model

/// An Ed25519 key that signs documents and heads.
public struct SigningKey: Sendable {
    private let key: Curve25519.Signing.PrivateKey

    /// Makes a new key from the system's randomness.
    public init() { key = Curve25519.Signing.PrivateKey() }

    /// Takes the 32 secret bytes of a key.
    ///
    /// - Throws: `E-KEY-FORM` when there are not 32.
    public init(secretBytes: [UInt8]) throws(Fault) {
        guard secretBytes.count == 32,
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: secretBytes)
        else { throw Fault(.invalidKey, "unable to read a signing key: not 32 bytes") }
        self.key = key
    }

    /// The 32 secret bytes: for key files and recovery kits only.
    public var secretBytes: [UInt8] { Array(key.rawRepresentation) }

    /// The public half.
    public var verifyKey: VerifyKey { VerifyKey(point: Array(key.publicKey.rawRepresentation)) }

    /// Signs a message; 64 bytes.
    public func sign(_ message: [UInt8]) -> [UInt8] {
        guard let signature = try? key.signature(for: message) else {
            preconditionFailure("Ed25519 signs any message")
        }
        return Array(signature)
    }
}
