internal import Crypto
public import Model

/// The secret half of an age X25519 key pair: what opens sealed data.
///
/// Its text is a secret: it is shown in a recovery kit and nowhere else, so the type has no description.
public struct AgeIdentity: Sendable {
    let key: Curve25519.KeyAgreement.PrivateKey

    /// Makes a new identity from the system's randomness.
    public init() { key = Curve25519.KeyAgreement.PrivateKey() }

    /// Reads an `AGE-SECRET-KEY-1…` identity.
    ///
    /// - Throws: `E-KEY-FORM` when the text is not an X25519 identity; the text is not repeated.
    public init(secretText: some StringProtocol) throws(Fault) {
        guard let bytes = Bech32.decode(secretText, part: "age-secret-key-"), bytes.count == 32,
            let key = try? Curve25519.KeyAgreement.PrivateKey(rawRepresentation: bytes)
        else {
            throw Fault(.invalidKey, "unable to read an identity: not an age X25519 identity")
        }
        self.key = key
    }

    /// Reads every identity in a text, one a line; other lines (comments, the prose of a kit) are passed over.
    ///
    /// - Throws: `E-KEY-FORM` when a line begins like an identity and is none, or when there is none at all.
    public static func all(in text: String, source: String) throws(Fault) -> [AgeIdentity] {
        var identities: [AgeIdentity] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let word = line.drop(while: \.isWhitespace)
            guard word.hasPrefix("AGE-SECRET-KEY-1") else { continue }
            identities.append(try AgeIdentity(secretText: word.prefix { !$0.isWhitespace }))
        }
        guard !identities.isEmpty else {
            throw Fault(
                .invalidKey,
                "unable to read identity file '\(source)': no identity in it",
                hints: ["An identity is a line that begins with AGE-SECRET-KEY-1."]
            )
        }
        return identities
    }

    /// The matching public half.
    public var recipient: AgeRecipient {
        AgeRecipient(point: Array(key.publicKey.rawRepresentation))
    }

    /// The text that opens everything sealed to ``recipient``.
    ///
    /// For recovery kits and identity files only.
    public var secretText: String {
        Bech32.encode(Array(key.rawRepresentation), part: "age-secret-key-").uppercased()
    }
}
