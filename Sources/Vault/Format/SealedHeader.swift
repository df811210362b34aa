internal import FoundationEssentials
internal import Model

/// The clear header of a sealed object.
struct SealedHeader: Codable {
    static let magic = Array("LBSEALED".utf8)
    static let tailMagic = Array("LBTAIL01".utf8)
    static let tailBytes = 16
    static let limit = 1 << 20

    /// What kind of sealed object it is.
    enum Kind: String, Codable {
        case pack, snapshot, log
    }

    var format = 1
    let type: Kind
    let vault: Digest256
    let host: String
    /// The data key's envelope, base64 of an age file.
    let data: String?
    /// The index key's envelope, base64 of an age file.
    let index: String?

    static func envelopeText(_ envelope: [UInt8]) -> String { Data(envelope).base64EncodedString() }

    static func envelope(_ text: String?, object: String) throws(Fault) -> [UInt8] {
        guard let text, let envelope = Data(base64Encoded: text) else {
            throw .damaged(object, "it lacks an envelope")
        }
        return Array(envelope)
    }
}
