internal import Model
internal import Sealing

/// The opened front of a sealed object: what is needed to decode its frames.
///
/// Keys are opened when a frame first needs one, since opening an envelope costs a curve operation and an identity.
struct SealedObject {
    let header: SealedHeader
    /// Where the first frame begins.
    let framesOffset: Int
    private let headerHash: Digest256
    private let object: String

    /// Reads the front of an object; `front` must reach to the first frame or further.
    ///
    /// - Throws: `E-VAULT-DAMAGED` when it is not the front of a sealed object of `vault`.
    init(front: ArraySlice<UInt8>, vault: Digest256, object: String) throws(Fault) {
        guard let length = Self.frontLength(front), front.count >= length else {
            throw .damaged(object, "it does not begin as a sealed object does")
        }
        let start = front.startIndex
        header = try JSONText.decode(
            SealedHeader.self,
            front[(start + 12)..<(start + length)],
            of: object
        )
        guard header.format == 1, header.vault == vault else {
            throw .damaged(object, "it belongs to another vault")
        }
        framesOffset = length
        headerHash = Hashing.sha256(front[start..<(start + length)])
        self.object = object
    }

    /// How long the front is, from its first 12 bytes; nil when it is none.
    static func frontLength(_ first: ArraySlice<UInt8>) -> Int? {
        guard first.count >= 12, first.starts(with: SealedHeader.magic) else { return nil }
        let length = first.dropFirst(8).prefix(4).reduce(0) { $0 << 8 | Int($1) }
        return length <= SealedHeader.limit ? 12 + length : nil
    }

    /// Where the frames end, from the object's last 16 bytes.
    static func framesEnd(tail: ArraySlice<UInt8>, object: String) throws(Fault) -> Int {
        guard tail.count == SealedHeader.tailBytes,
            tail.suffix(8).elementsEqual(SealedHeader.tailMagic),
            tail.first ?? 1 < 0x40
        else { throw .damaged(object, "its tail is damaged") }
        return tail.prefix(8).reduce(0) { $0 << 8 | Int($1) }
    }

    /// The cipher of the frames of one type.
    ///
    /// - Throws: `E-KEY-WRONG` when no identity opens the envelope.
    func cipher(_ type: FrameType, identities: [AgeIdentity]) throws(Fault) -> FrameCipher {
        let text = type == .data ? header.data : header.index
        let envelope = try SealedHeader.envelope(text, object: object)
        return FrameCipher(
            key: try ObjectKey(envelope: envelope, identities: identities),
            headerHash: headerHash
        )
    }
}
