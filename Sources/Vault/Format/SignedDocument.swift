internal import Model
internal import Sealing

/// A JSON document with its signature: two lines of text (`Docs/format`, section 3).
///
/// ```
/// { … the document … } LF
/// {"by":"<public key>","signature":"<signature>"} LF
/// ```
struct SignedDocument {
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
        guard let end = bytes.firstIndex(of: 10), bytes.last == 10,
            bytes[(end + 1)...].firstIndex(of: 10) == bytes.count - 1
        else { throw .damaged(object, "it is not two lines of text") }
        document = Array(bytes[..<end])
        guard let seal = Self.seal(bytes[(end + 1)...].dropLast()) else {
            throw .damaged(object, "its signature line is damaged")
        }
        (by, signature) = seal
        guard by.verifies(signature, of: Self.message(document)) else {
            throw .damaged(object, "its signature does not fit")
        }
    }

    /// The object's bytes.
    var bytes: [UInt8] {
        let (front, middle, back) = Self.frame
        return document + [10] + front + by.description.utf8 + middle
            + Hexadecimal.encode(signature).utf8 + back + [10]
    }

    /// What stands around key and signature in the second line: JSON, of which only this one form counts.
    private static let frame = (
        Array(#"{"by":""#.utf8), Array(#"","signature":""#.utf8), Array(#""}"#.utf8)
    )

    /// Key and signature of a second line; nil when it is anything but what ``bytes`` writes.
    private static func seal(_ line: ArraySlice<UInt8>) -> (VerifyKey, [UInt8])? {
        let (front, middle, back) = frame
        let key = line.dropFirst(front.count)
        let signature = key.dropFirst(64 + middle.count)
        guard line.starts(with: front), key.dropFirst(64).starts(with: middle),
            signature.count >= back.count, signature.suffix(back.count).elementsEqual(back),
            let by = VerifyKey(hexadecimal: String(decoding: key.prefix(64), as: UTF8.self)),
            let bytes = Hexadecimal.decode(
                String(decoding: signature.dropLast(back.count), as: UTF8.self)
            )
        else { return nil }
        return (by, bytes)
    }

    private static func message(_ document: [UInt8]) -> [UInt8] {
        Array("lifeboat/1/document\n".utf8) + document
    }
}
