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
    ///
    /// What this process found right before is compared by a hash of all three: heads and documents are read again and again,
    /// and a signature costs as much as the hash of a hundred kilobytes.
    public func verifies(_ signature: some Collection<UInt8>, of message: [UInt8]) -> Bool {
        guard signature.count == 64 else { return false }
        let signature = Array(signature)
        let proof = proof(signature, message)
        if Self.proven[proof] != nil { return true }
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: point),
            key.isValidSignature(signature, for: message)
        else { return false }
        Self.proven.note((), for: proof)
        return true
    }

    /// Signatures that fit; two megabytes at most.
    private static let proven = Recollection<Digest256, Void>(limit: 1 << 15)

    /// Key and signature have fixed lengths, so that no two triples have one text.
    private func proof(_ signature: [UInt8], _ message: [UInt8]) -> Digest256 {
        var stream = DigestStream()
        stream.update(point)
        stream.update(signature)
        stream.update(message)
        return stream.finish()
    }

    /// The SHA-256 of the key: a vault's id when it is its operator's.
    public var digest: Digest256 { Hashing.sha256(point) }
}

extension VerifyKey: CustomStringConvertible {
    /// 64 hexadecimal digits.
    public var description: String { Hexadecimal.encode(point) }
}
