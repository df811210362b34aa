internal import Model
internal import ObjectStorage
internal import Sealing

/// Reads single frames of packs, one after the other, with a few open packs and the last frame at hand.
final class FrameReader {
    private let vault: Vault
    private let packs: PackMap
    private let identities: [AgeIdentity]
    private let snapshot: String
    private let decoder: ZstdDecoder
    private var open: [OpenPack] = []
    private var last: (pack: UInt64, frame: UInt32, plain: [UInt8])?

    init(
        _ vault: Vault,
        packs: PackMap,
        identities: [AgeIdentity],
        snapshot: String
    ) throws(Fault) {
        self.vault = vault
        self.packs = packs
        self.identities = identities
        self.snapshot = snapshot
        decoder = try ZstdDecoder()
    }

    /// The bytes of an extent.
    ///
    /// - Throws: `E-VAULT-DAMAGED` or `E-VAULT-MISSING` naming the pack, `E-KEY-WRONG`, and what the store throws.
    func bytes(_ extent: Extent) async throws(Fault) -> ArraySlice<UInt8> {
        let plain = try await frame(extent.pack, extent.frame)
        let start = Int(extent.start)
        guard extent.length <= plain.count, start <= plain.count - Int(extent.length) else {
            throw .damaged(snapshot, "its manifest reaches past a frame")
        }
        return plain[start..<start + Int(extent.length)]
    }

    private func frame(_ prefix: UInt64, _ offset: UInt32) async throws(Fault) -> [UInt8] {
        if let last, last.pack == prefix, last.frame == offset { return last.plain }
        let name = VaultName.pack(try packs.pack(prefix, snapshot: snapshot).id).objectName
        return try await vault.fromAnyCopy(name) { () async throws(Fault) in
            try await openedFrame(prefix, offset)
        }
    }

    private func openedFrame(_ prefix: UInt64, _ offset: UInt32) async throws(Fault) -> [UInt8] {
        var pack = try await openPack(prefix)
        let stored = try await vault.storedFrame(pack.reference, at: Int64(offset))
        let plain: [UInt8]
        do throws(Fault) {
            plain = try pack.open(stored[...], at: Int(offset), decoder: decoder)
        } catch  where error.code == .wrongKey {
            throw try await vault.damage(in: pack.reference) ?? error
        }
        open.insert(pack, at: 0)
        last = (prefix, offset, plain)
        return plain
    }

    /// Takes a pack out of the open ones, or opens it.
    private func openPack(_ prefix: UInt64) async throws(Fault) -> OpenPack {
        if let index = open.firstIndex(where: { $0.reference.id.prefix == prefix }) {
            return open.remove(at: index)
        }
        if open.count >= 8 { open.removeLast() }
        let reference = try packs.pack(prefix, snapshot: snapshot)
        return OpenPack(
            reference,
            front: try await vault.front(of: reference),
            identities: identities
        )
    }
}

extension Vault {
    /// A pack's front.
    func front(of pack: PackReference) async throws(Fault) -> SealedObject {
        let name = VaultName.pack(pack.id).objectName
        var front = try await packBytes(pack, 0..<4096)
        guard let length = SealedObject.frontLength(front[...]) else {
            throw .damaged(name.description, "it does not begin as a sealed object does")
        }
        if length > front.count {
            front += try await packBytes(pack, Int64(front.count)..<Int64(length))
        }
        return try SealedObject(front: front[...], vault: id, object: name.description)
    }

    /// The stored bytes of the frame at an offset, header included.
    func storedFrame(_ pack: PackReference, at offset: Int64) async throws(Fault) -> [UInt8] {
        let guess: Int64 = 64 << 10
        var stored = try await packBytes(pack, offset..<offset + guess)
        let header: FrameHeader
        do throws(Fault) {
            header = try FrameHeader(stored.prefix(FrameHeader.bytes))
        } catch {
            throw .damaged(
                VaultName.pack(pack.id).objectName.description,
                "the frame at byte \(offset) was changed",
                cause: error
            )
        }
        let length = FrameHeader.bytes + header.storedLength
        if stored.count < length {
            stored += try await packBytes(
                pack,
                offset + Int64(stored.count)..<offset + Int64(length)
            )
        }
        return Array(stored.prefix(length))
    }

    /// A part of a pack.
    func packBytes(
        _ pack: PackReference,
        _ range: Range<Int64>
    ) async throws(Fault) -> [UInt8] {
        let name = VaultName.pack(pack.id).objectName
        do throws(Fault) {
            return try await store.read(name, range: range)
        } catch  where error.code == .objectMissing {
            throw missing(name)
        }
    }

    /// The fault of a pack whose bytes are not those that its name commits to; nil when they are.
    ///
    /// A key that does not fit and an envelope that was changed look alike; the pack's hash tells them apart.
    func damage(in pack: PackReference) async throws(Fault) -> Fault? {
        let name = VaultName.pack(pack.id).objectName
        let bytes = try await store.get(name, limit: pack.bytes)
        return Hashing.sha256(bytes) == pack.id
            ? nil
            : .damaged(name.description, "its bytes are not those that its name commits to")
    }

    func missing(_ name: ObjectName) -> Fault {
        Fault(
            .missingObject,
            "unable to read object '\(name)': it is not in '\(store.address)'",
            hints: ["Run `lifeboat check` to see what is missing."]
        )
    }
}
