internal import Model
internal import Sealing

/// A clear, signed head followed by a sealed body (`Docs/format`, section 5).
///
/// ```
/// 0       8      "LBSIGNED"
/// 8       4      h, the head's length
/// 12      h      the head, JSON
/// 12+h    64     Ed25519 signature over "lifeboat/1/signed" LF and bytes 0 to 12+h
/// 76+h    …      the body
/// ```
struct SignedObject {
    static let magic = Array("LBSIGNED".utf8)
    static let headLimit = 16 << 20
    /// The head's bytes.
    let head: ArraySlice<UInt8>
    /// Where the body begins.
    let bodyOffset: Int
    private let bytes: [UInt8]

    /// Writes a head in front of a body and signs it.
    static func build(head: some Encodable, body: [UInt8], key: SigningKey) -> [UInt8] {
        let text = JSONText.encode(head)
        var object = magic
        object.reserveCapacity(magic.count + 4 + text.count + 64 + body.count)
        object += number(text.count) + text
        object += key.sign(message(object[...]))
        object += body
        return object
    }

    /// Takes an object, or the first part of one that holds the whole head, apart.
    ///
    /// Nothing is verified yet.
    init(parsing bytes: [UInt8], object: String) throws(Fault) {
        guard bytes.count >= 12, bytes.starts(with: Self.magic) else {
            throw .damaged(object, "it does not begin as a signed object does")
        }
        let length = bytes[8..<12].reduce(0) { $0 << 8 | Int($1) }
        guard length <= Self.headLimit, bytes.count >= 76 + length else {
            throw .damaged(object, "its head is cut short")
        }
        self.bytes = bytes
        head = bytes[12..<12 + length]
        bodyOffset = 76 + length
    }

    /// How many bytes an object's head and signature take, from its first 12 bytes.
    static func prefixLength(_ first: [UInt8]) -> Int? {
        guard first.count >= 12, first.starts(with: magic) else { return nil }
        let length = first[8..<12].reduce(0) { $0 << 8 | Int($1) }
        return length <= headLimit ? 76 + length : nil
    }

    /// The SHA-256 of the head with its signature: everything before the body.
    var headDigest: Digest256 { Hashing.sha256(bytes[..<bodyOffset]) }

    /// Whether the signature is `key`'s.
    func isSigned(by key: VerifyKey) -> Bool {
        key.verifies(
            bytes[(bodyOffset - 64)..<bodyOffset],
            of: Self.message(bytes[..<(bodyOffset - 64)])
        )
    }

    /// The body, if the object was read whole and the body is the one that the head names.
    func body(_ reference: BodyReference, object: String) throws(Fault) -> ArraySlice<UInt8> {
        let body = bytes[bodyOffset...]
        guard body.count == reference.bytes, Hashing.sha256(body) == reference.sha256 else {
            throw .damaged(object, "its body was changed")
        }
        return body
    }

    static func number(_ value: Int) -> [UInt8] {
        stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    private static func message(_ signed: ArraySlice<UInt8>) -> [UInt8] {
        Array("lifeboat/1/signed\n".utf8) + signed
    }
}
