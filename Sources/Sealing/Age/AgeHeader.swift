internal import Crypto
internal import FoundationEssentials
internal import Model

/// The text part of an age file, taken apart.
struct AgeHeader {
    private struct Stanza {
        let arguments: [Substring]
        var body = ""
    }

    /// The header up to and including `---`: what its MAC covers.
    let authenticated: String
    /// The MAC as it stands in the file.
    let mac: [UInt8]
    /// Where the payload begins.
    let end: Int
    private let stanzas: [Stanza]

    /// Takes the header off the front of a file; at most 64 KiB of text is looked at.
    init(parsing sealed: [UInt8]) throws(Fault) {
        var lines: [Substring] = []
        var start = 0
        var text = Substring()
        repeat {
            guard let feed = sealed[start...].prefix(65_536).firstIndex(of: 10), feed < 65_536,
                let line = String(validating: sealed[start..<feed], as: UTF8.self)
            else { throw AgeFile.broken("it is not an age file") }
            text = Substring(line)
            lines.append(text)
            start = feed + 1
        } while !text.hasPrefix("--- ")
        guard lines.first == Substring(AgeFile.intro), let mac = Self.unpadded(text.dropFirst(4))
        else {
            throw AgeFile.broken("it is not an age file")
        }
        var stanzas: [Stanza] = []
        for line in lines.dropFirst().dropLast() {
            if line.hasPrefix("-> ") {
                stanzas.append(
                    Stanza(arguments: line.dropFirst(3).split(separator: " " as Character))
                )
            } else if stanzas.isEmpty {
                throw AgeFile.broken("it is not an age file")
            } else {
                stanzas[stanzas.count - 1].body += line
            }
        }
        authenticated = lines.dropLast().joined(separator: "\n") + "\n---"
        self.mac = mac
        self.stanzas = stanzas
        end = start
    }

    /// The file key, if one of the identities opens a stanza.
    func fileKey(_ identities: [AgeIdentity]) -> SymmetricKey? {
        for stanza in stanzas where stanza.arguments.count == 2 && stanza.arguments[0] == "X25519" {
            guard let share = Self.unpadded(stanza.arguments[1]), share.count == 32,
                let wrapped = Self.unpadded(Substring(stanza.body)), wrapped.count == 32
            else { continue }
            for identity in identities {
                if let key = Self.unwrap(wrapped, share: share, identity: identity) { return key }
            }
        }
        return nil
    }

    /// The file key, if the passphrase is the one that the file was sealed with.
    ///
    /// - Throws: `E-KEY-WRONG` when the file is sealed to recipients, `E-KEY-WORK`,
    ///   `E-SEAL-BROKEN` when its stanza is malformed or not alone.
    func fileKey(_ passphrase: Passphrase) throws(Fault) -> SymmetricKey? {
        guard let stanza = stanzas.first(where: { $0.arguments.first == "scrypt" }) else {
            throw Fault(
                .wrongKey,
                "unable to open an envelope with a passphrase: it is sealed to recipients",
                hints: ["Name the identity of one of them with --identity."]
            )
        }
        guard stanzas.count == 1, stanza.arguments.count == 3,
            let salt = Self.unpadded(stanza.arguments[1]), salt.count == 16,
            let factor = Int(stanza.arguments[2]), "\(factor)" == stanza.arguments[2],
            (1...63).contains(factor),
            let wrapped = Self.unpadded(Substring(stanza.body)), wrapped.count == 32
        else { throw AgeFile.broken("its header was changed") }
        guard factor <= AgeFile.largestWorkFactor else {
            throw Fault(
                .keyWork,
                "unable to open what is sealed with a passphrase: its work factor is \(factor), and \(AgeFile.largestWorkFactor) is the most that is tried",
                hints: ["Seal it anew: age -d FILE | age -p -a -o NEW-FILE"]
            )
        }
        let key = try AgeFile.wrapKey(passphrase, salt: salt, factor: factor)
        return Self.open(wrapped, with: key)
    }

    private static func unwrap(
        _ wrapped: [UInt8],
        share: [UInt8],
        identity: AgeIdentity
    ) -> SymmetricKey? {
        guard let point = try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: share),
            let secret = try? identity.key.sharedSecretFromKeyAgreement(with: point)
        else { return nil }
        let key = AgeFile.wrapKey(secret, share: share, recipient: identity.recipient.point)
        return open(wrapped, with: key)
    }

    /// The file key in its wrapping.
    private static func open(_ wrapped: [UInt8], with key: SymmetricKey) -> SymmetricKey? {
        guard let nonce = try? AgeFile.zeroNonce(),
            let box = try? ChaChaPoly.SealedBox(
                nonce: nonce,
                ciphertext: wrapped.prefix(16),
                tag: wrapped.suffix(16)
            )
        else { return nil }
        return (try? ChaChaPoly.open(box, using: key)).map { SymmetricKey(data: $0) }
    }

    /// The bytes of base64 without padding; nil for any text but the one that encoding them gives.
    private static func unpadded(_ text: Substring) -> [UInt8]? {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        guard let bytes = Data(base64Encoded: text + padding).map(Array.init),
            AgeFile.base64(bytes) == text
        else { return nil }
        return bytes
    }
}
