internal import Model
internal import Sealing

/// A JSON document with its signature: two lines of text (`Docs/format`, section 3).
///
/// ```
/// { … the document … } LF
/// {"by":"<public key>","signature":"<signature>"} LF
/// ```
struct SignedDocument {
    private struct Seal: Codable {
        let by: String
        let signature: String
    }

    /// Line 1 without its line feed.
    let document: [UInt8]
    /// Whose signature it carries.
    let by: VerifyKey
    private let signature: [UInt8]

    /// Signs a document.
    init(_ value: some Encodable, key: SigningKey) {
        document = JSONText.encode(value)
        by = key.verifyKey
        signature = key.sign(Self.message(document))
    }

    /// Takes an object apart and checks the signature against the key that it names.
    init(parsing bytes: [UInt8], object: String) throws(Fault) {
        let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
        guard lines.count == 3, lines[2].isEmpty else {
            throw .damaged(object, "it is not two lines of text")
        }
        document = Array(lines[0])
        let seal = try JSONText.decode(Seal.self, lines[1], of: object)
        guard let key = VerifyKey(hexadecimal: seal.by),
            let signature = Hexadecimal.decode(seal.signature)
        else { throw .damaged(object, "its signature line is damaged") }
        by = key
        self.signature = signature
        guard key.verifies(signature, of: Self.message(document)) else {
            throw .damaged(object, "its signature does not fit")
        }
        guard bytes == self.bytes else { throw .damaged(object, "its signature line is damaged") }
    }

    /// The object's bytes.
    var bytes: [UInt8] {
        let seal = Seal(by: by.description, signature: Hexadecimal.encode(signature))
        return document + [10] + JSONText.encode(seal) + [10]
    }

    private static func message(_ document: [UInt8]) -> [UInt8] {
        Array("lifeboat/1/document\n".utf8) + document
    }
}
