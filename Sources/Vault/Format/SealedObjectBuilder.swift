internal import Model
internal import Sealing

/// Builds one sealed object in memory, front to back (`Docs/format`, section 4).
///
/// ```
/// "LBSEALED" | n | header JSON | frames … | directory frame (packs) | zero bytes | e | "LBTAIL01"
/// ```
struct SealedObjectBuilder {
    private(set) var bytes: [UInt8]
    private let data: FrameCipher?
    private let index: FrameCipher?

    /// Begins an object with fresh keys, sealed to `recipients`, the index key to `host` too.
    init(
        _ kind: SealedHeader.Kind,
        vault: Digest256,
        host: String,
        hostRecipient: AgeRecipient,
        recipients: [AgeRecipient],
        capacity: Int
    ) throws(Fault) {
        let dataKey = kind == .snapshot ? nil : ObjectKey()
        let indexKey = kind == .log ? nil : ObjectKey()
        let header = SealedHeader(
            type: kind,
            vault: vault,
            host: host,
            data: try Self.envelope(dataKey, to: recipients),
            index: try Self.envelope(indexKey, to: recipients + [hostRecipient])
        )
        let text = JSONText.encode(header)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(capacity)
        bytes += SealedHeader.magic
        bytes += SignedObject.number(text.count)
        bytes += text
        let hash = Hashing.sha256(bytes)
        data = dataKey.map { FrameCipher(key: $0, headerHash: hash) }
        index = indexKey.map { FrameCipher(key: $0, headerHash: hash) }
        self.bytes = bytes
    }

    /// Appends a frame and tells its offset.
    mutating func append(_ frame: EncodedFrame) -> Int {
        let offset = bytes.count
        guard let cipher = frame.type == .data ? data : index else {
            preconditionFailure("an object of this kind has no key for \(frame.type) frames")
        }
        cipher.seal(frame, into: &bytes)
        return offset
    }

    /// Pads, writes the tail, and hands the object over; once.
    mutating func finish(directory: EncodedFrame? = nil) -> [UInt8] {
        let end = bytes.count
        if let directory { _ = append(directory) }
        let padded = Padding.padded(bytes.count + SealedHeader.tailBytes)
        bytes.append(
            contentsOf: repeatElement(0, count: padded - bytes.count - SealedHeader.tailBytes)
        )
        bytes += SignedObject.number(end >> 32) + SignedObject.number(end & 0xffff_ffff)
        bytes += SealedHeader.tailMagic
        return bytes
    }

    private static func envelope(
        _ key: ObjectKey?,
        to recipients: [AgeRecipient]
    ) throws(Fault) -> String? {
        guard let key else { return nil }
        return SealedHeader.envelopeText(try key.envelope(to: recipients))
    }
}
