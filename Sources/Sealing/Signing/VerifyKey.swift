internal import Crypto
public import Model

/// The public half of a ``SigningKey``.
public struct VerifyKey: Sendable, Hashable {
    /// The 32 bytes.
    public let point: [UInt8]

    init(point: [UInt8]) { self.point = point }

    /// Reads 64 hexadecimal digits; nil when it is anything else.
    public init?(hexadecimal text: String) {
        guard let point = Hexadecimal.decode(text), point.count == 32 else { return nil }
        self.point = point
    }

    /// Whether `signature` is this key's over `message`.
    public func verifies(_ signature: some Collection<UInt8>, of message: [UInt8]) -> Bool {
        guard signature.count == 64,
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: point)
        else { return false }
        return key.isValidSignature(Array(signature), for: message)
    }

    /// The SHA-256 of the key: a vault's id when it is its operator's.
    public var digest: Digest256 { Hashing.sha256(point) }
}

extension VerifyKey: CustomStringConvertible {
    /// 64 hexadecimal digits.
    public var description: String { Hexadecimal.encode(point) }
}
