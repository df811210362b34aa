internal import Crypto
internal import FoundationEssentials
public import Model

/// Standard age v1 files for X25519 recipients or a passphrase, binary form (https://c2sp.org/age).
///
/// ```
/// age-encryption.org/v1 LF
/// -> X25519 <ephemeral share> LF <wrapped file key> LF      one stanza a recipient
/// --- <header MAC> LF
/// nonce (16) | chunks of 64 KiB, each with a 16-byte tag, the last one marked in its nonce
/// ```
/// Any age tool opens what this makes, and this opens what any age tool made for an X25519 recipient
/// or with a passphrase.
public enum AgeFile {
    static let intro = "age-encryption.org/v1"
    private static let chunkBytes = 65_536

    /// Seals bytes to recipients; each of them alone can open the result.
    ///
    /// - Throws: `E-KEY-FORM` when there is no recipient or one is a degenerate curve point.
    public static func seal(_ plain: [UInt8], to recipients: [AgeRecipient]) throws(Fault)
        -> [UInt8]
    {
        guard !recipients.isEmpty else {
            throw Fault(.invalidKey, "unable to seal an envelope: no recipient")
        }
        let fileKey = SymmetricKey(size: .bits128)
        var stanzas = ""
        for recipient in recipients { stanzas += try stanza(for: recipient, fileKey: fileKey) }
        return sealed(plain, fileKey: fileKey, stanzas: stanzas)
    }

    /// A file with a header of some stanzas, each of which wraps the file key.
    static func sealed(_ plain: [UInt8], fileKey: SymmetricKey, stanzas: String) -> [UInt8] {
        var header = intro + "\n" + stanzas + "---"
        header += " " + base64(mac(of: header, fileKey: fileKey)) + "\n"
        let nonce = unsafe SymmetricKey(size: .bits128).withUnsafeBytes { unsafe Array($0) }
        return Array(header.utf8) + nonce + encrypt(plain, key: payloadKey(fileKey, nonce: nonce))
    }

    /// Opens a file with the first identity that fits.
    ///
    /// - Throws: `E-KEY-WRONG` when no identity fits, `E-SEAL-BROKEN` when the file is damaged.
    public static func open(
        _ sealed: [UInt8],
        with identities: [AgeIdentity]
    ) throws(Fault) -> [UInt8] {
        let header = try AgeHeader(parsing: sealed)
        guard let fileKey = header.fileKey(identities) else {
            throw Fault(
                .wrongKey,
                "unable to open an envelope: none of \(identities.count) identities fits",
                hints: ["Name the identity of this environment's recovery kit with --identity."]
            )
        }
        return try opened(sealed, header, fileKey: fileKey)
    }

    /// The content of a file whose key is known.
    static func opened(
        _ sealed: [UInt8],
        _ header: AgeHeader,
        fileKey: SymmetricKey
    ) throws(Fault) -> [UInt8] {
        guard mac(of: header.authenticated, fileKey: fileKey) == header.mac else {
            throw broken("its header was changed")
        }
        let body = sealed[header.end...]
        guard body.count >= 32 else { throw broken("it is cut short") }
        let nonce = Array(body.prefix(16))
        return try decrypt(body.dropFirst(16), key: payloadKey(fileKey, nonce: nonce))
    }

    private static func stanza(
        for recipient: AgeRecipient,
        fileKey: SymmetricKey
    ) throws(Fault) -> String {
        let ephemeral = Curve25519.KeyAgreement.PrivateKey()
        let share = Array(ephemeral.publicKey.rawRepresentation)
        do {
            let point = try Curve25519.KeyAgreement.PublicKey(rawRepresentation: recipient.point)
            let secret = try ephemeral.sharedSecretFromKeyAgreement(with: point)
            let wrap = wrapKey(secret, share: share, recipient: recipient.point)
            let raw = unsafe fileKey.withUnsafeBytes { unsafe Array($0) }
            let box = try ChaChaPoly.seal(raw, using: wrap, nonce: zeroNonce())
            return "-> X25519 \(base64(share))\n\(base64(Array(box.ciphertext + box.tag)))\n"
        } catch {
            throw Fault(
                .invalidKey,
                "unable to seal to recipient '\(recipient)': not a usable key",
                cause: error
            )
        }
    }

    static func wrapKey(_ secret: SharedSecret, share: [UInt8], recipient: [UInt8]) -> SymmetricKey
    {
        secret.hkdfDerivedSymmetricKey(
            using: SHA256.self,
            salt: share + recipient,
            sharedInfo: Array("\(intro)/X25519".utf8),
            outputByteCount: 32
        )
    }

    static func zeroNonce() throws -> ChaChaPoly.Nonce {
        try ChaChaPoly.Nonce(data: [UInt8](repeating: 0, count: 12))
    }

    private static func mac(of header: String, fileKey: SymmetricKey) -> [UInt8] {
        let key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: fileKey,
            salt: [UInt8](),
            info: Array("header".utf8),
            outputByteCount: 32
        )
        return Array(HMAC<SHA256>.authenticationCode(for: Array(header.utf8), using: key))
    }

    private static func payloadKey(_ fileKey: SymmetricKey, nonce: [UInt8]) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: fileKey,
            salt: nonce,
            info: Array("payload".utf8),
            outputByteCount: 32
        )
    }

    private static func chunkNonce(_ counter: Int, isLast: Bool) throws -> ChaChaPoly.Nonce {
        let number = unsafe withUnsafeBytes(of: UInt64(counter).bigEndian) { unsafe Array($0) }
        return try ChaChaPoly.Nonce(data: [0, 0, 0] + number + [isLast ? 1 : 0])
    }

    private static func encrypt(_ plain: [UInt8], key: SymmetricKey) -> [UInt8] {
        var sealed: [UInt8] = []
        var counter = 0
        var offset = 0
        repeat {
            let end = min(offset + chunkBytes, plain.count)
            // A 12-byte nonce and a 32-byte key are always accepted.
            guard let nonce = try? chunkNonce(counter, isLast: end == plain.count),
                let box = try? ChaChaPoly.seal(plain[offset..<end], using: key, nonce: nonce)
            else {
                preconditionFailure("ChaCha20-Poly1305 refused a key and nonce of the right size")
            }
            sealed += box.ciphertext
            sealed += box.tag
            counter += 1
            offset = end
        } while offset < plain.count
        return sealed
    }

    private static func decrypt(_ sealed: ArraySlice<UInt8>, key: SymmetricKey) throws(Fault)
        -> [UInt8]
    {
        var plain: [UInt8] = []
        var rest = sealed
        var counter = 0
        while true {
            let chunk = rest.prefix(chunkBytes + 16)
            rest = rest.dropFirst(chunkBytes + 16)
            guard chunk.count > 16 || (counter == 0 && chunk.count == 16) else {
                throw broken("it is cut short")
            }
            do {
                let box = try ChaChaPoly.SealedBox(
                    nonce: chunkNonce(counter, isLast: rest.isEmpty),
                    ciphertext: chunk.dropLast(16),
                    tag: chunk.suffix(16)
                )
                plain += try ChaChaPoly.open(box, using: key)
            } catch { throw broken("its content was changed") }
            counter += 1
            if rest.isEmpty { return plain }
        }
    }

    static func base64(_ bytes: [UInt8]) -> String {
        let padded = Data(bytes).base64EncodedString()
        return String(padded.prefix { $0 != "=" })
    }

    static func broken(_ fact: String) -> Fault {
        Fault(.sealBroken, "unable to open an envelope: \(fact)")
    }
}
