internal import Crypto
internal import CryptoExtras
public import Model

// Files that a passphrase opens, as `age -p` makes them:
//
//     -> scrypt <salt, 16 bytes> <work factor> LF <wrapped file key> LF
//
// It is the only stanza of its header. The wrapping key is scrypt(passphrase, label || salt) with
// N = 2^factor, r = 8, p = 1, which takes 2^factor KiB of memory.
extension AgeFile {
    /// 128 MiB and some tenths of a second: what a person does not notice and a guesser does.
    private static let workFactor = 17
    /// 1 GiB, where `age` itself writes 18: a file that asks for more is not computed.
    static let largestWorkFactor = 20

    /// Seals bytes with a passphrase.
    ///
    /// - Throws: `E-KEY-WORK` when there is not enough memory.
    public static func seal(
        _ plain: [UInt8],
        with passphrase: Passphrase
    ) throws(Fault) -> [UInt8] {
        let fileKey = SymmetricKey(size: .bits128)
        let salt = unsafe SymmetricKey(size: .bits128).withUnsafeBytes { unsafe Array($0) }
        let wrap = try wrapKey(passphrase, salt: salt, factor: workFactor)
        let raw = unsafe fileKey.withUnsafeBytes { unsafe Array($0) }
        guard let nonce = try? zeroNonce(),
            let box = try? ChaChaPoly.seal(raw, using: wrap, nonce: nonce)
        else { preconditionFailure("ChaCha20-Poly1305 takes a key and a nonce of the right size") }
        let body = base64(Array(box.ciphertext + box.tag))
        return sealed(
            plain,
            fileKey: fileKey,
            stanzas: "-> scrypt \(base64(salt)) \(workFactor)\n\(body)\n"
        )
    }

    /// Opens a file that was sealed with a passphrase.
    ///
    /// - Throws: `E-KEY-WRONG` when it is another passphrase or the file is sealed to recipients,
    ///   `E-KEY-WORK` when the file asks for more memory than is spent on it, `E-SEAL-BROKEN` when
    ///   it is damaged.
    public static func open(
        _ sealed: [UInt8],
        with passphrase: Passphrase
    ) throws(Fault) -> [UInt8] {
        let header = try AgeHeader(parsing: sealed)
        guard let fileKey = try header.fileKey(passphrase) else {
            throw Fault(
                .wrongKey,
                "unable to open what is sealed with a passphrase: this passphrase does not fit",
                hints: ["Mind capital letters, the keyboard's layout, and spaces."]
            )
        }
        return try opened(sealed, header, fileKey: fileKey)
    }

    /// Whether a file begins as a binary age file does.
    public static func isAgeFile(_ bytes: [UInt8]) -> Bool { bytes.starts(with: intro.utf8) }

    static func wrapKey(
        _ passphrase: Passphrase,
        salt: [UInt8],
        factor: Int
    ) throws(Fault) -> SymmetricKey {
        do {
            return try KDF.Scrypt.deriveKey(
                from: passphrase.bytes,
                salt: Array("\(intro)/scrypt".utf8) + salt,
                outputByteCount: 32,
                rounds: 1 << factor,
                blockSize: 8,
                parallelism: 1
            )
        } catch {
            throw Fault(
                .keyWork,
                "unable to compute a key from a passphrase: it takes \(ByteCount(1 << (factor + 10))) of memory",
                hints: ["Run it where there is more memory."],
                cause: error
            )
        }
    }
}
