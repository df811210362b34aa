internal import Model
internal import ObjectStorage
internal import Sealing

/// A pack whose front has been read; its keys are opened when a frame needs them.
struct OpenPack {
    let reference: PackReference
    private let front: SealedObject
    private let identities: [AgeIdentity]
    private var ciphers: [FrameType: FrameCipher] = [:]

    init(_ reference: PackReference, front: SealedObject, identities: [AgeIdentity]) {
        self.reference = reference
        self.front = front
        self.identities = identities
    }

    /// The pack's object name.
    var name: String { VaultName.pack(reference.id).objectName.description }

    private mutating func cipher(_ type: FrameType) throws(Fault) -> FrameCipher {
        if let cipher = ciphers[type] { return cipher }
        let cipher = try front.cipher(type, identities: identities)
        ciphers[type] = cipher
        return cipher
    }

    /// Opens the frame at `offset`; `stored` is its header and body.
    mutating func open(
        _ stored: ArraySlice<UInt8>,
        at offset: Int,
        decoder: borrowing ZstdDecoder
    ) throws(Fault) -> [UInt8] {
        let header = try FrameHeader(stored.prefix(FrameHeader.bytes))
        let type: FrameType = header.type == .data ? .data : .manifest
        let cipher = try cipher(type)
        do throws(Fault) {
            return try cipher.open(stored, at: offset, decoder: decoder)
        } catch {
            throw .damaged(name, "the frame at byte \(offset) was changed", cause: error)
        }
    }
}
