internal import Crypto
public import Model

/// Seals and opens the frames of one object under one of its keys: AES-256-GCM, the nonce is the frame's offset.
///
/// The nonce is a plain position because a key belongs to one object and an object is written once, front to back:
/// no two frames share a position. The hash of the object's header and the frame's own header are authenticated with
/// it, so a frame cannot be moved, retyped or carried to another object.
public struct FrameCipher: Sendable {
    private let key: SymmetricKey
    private let context: [UInt8]

    /// Takes a key and the SHA-256 of the object's bytes up to its first frame.
    public init(key: ObjectKey, headerHash: Digest256) {
        self.key = key.key
        context = headerHash.bytes
    }

    /// Appends the frame, header included, to `object`, whose count is the frame's offset.
    public func seal(_ frame: EncodedFrame, into object: inout [UInt8]) {
        let header = FrameHeader(
            storedLength: frame.body.count + FrameHeader.tagBytes,
            plainLength: frame.plainLength,
            type: frame.type,
            codec: frame.codec
        ).encoded
        guard let nonce = try? nonce(object.count),
            let box = try? AES.GCM.seal(
                frame.body,
                using: key,
                nonce: nonce,
                authenticating: context + header
            )
        else { preconditionFailure("AES-GCM refused a key and nonce of the right size") }
        object.append(contentsOf: header)
        object.append(contentsOf: box.ciphertext)
        object.append(contentsOf: box.tag)
    }

    /// Opens a frame: `stored` is the header and what follows it, `offset` its place in the object.
    ///
    /// - Throws: `E-SEAL-BROKEN` when anything about it was changed.
    public func open(
        _ stored: ArraySlice<UInt8>,
        at offset: Int,
        decoder: borrowing ZstdDecoder
    ) throws(Fault) -> [UInt8] {
        let header = try FrameHeader(stored.prefix(FrameHeader.bytes))
        let body = stored.dropFirst(FrameHeader.bytes)
        guard body.count == header.storedLength else { throw broken(offset) }
        let plain: [UInt8]
        do {
            let box = try AES.GCM.SealedBox(
                nonce: nonce(offset),
                ciphertext: body.dropLast(FrameHeader.tagBytes),
                tag: body.suffix(FrameHeader.tagBytes)
            )
            plain = Array(
                try AES.GCM.open(
                    box,
                    using: key,
                    authenticating: context + stored.prefix(FrameHeader.bytes)
                )
            )
        } catch { throw broken(offset) }
        switch header.codec {
        case .zstd: return try decoder.decompress(plain, count: header.plainLength)
        case .raw:
            guard plain.count == header.plainLength else { throw broken(offset) }
            return plain
        }
    }

    private func nonce(_ offset: Int) throws -> AES.GCM.Nonce {
        let number = unsafe withUnsafeBytes(of: UInt64(offset).bigEndian) { unsafe Array($0) }
        return try AES.GCM.Nonce(data: [0, 0, 0, 0] + number)
    }

    private func broken(_ offset: Int) -> Fault {
        Fault(.sealBroken, "unable to open the frame at byte \(offset): it was changed")
    }
}
