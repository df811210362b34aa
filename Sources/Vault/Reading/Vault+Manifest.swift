internal import VaultRecords
internal import FoundationEssentials
public import Model
internal import ObjectStorage
public import Sealing
internal import SwiftProtobuf

extension Vault {
    /// Opens the manifest of a snapshot.
    ///
    /// The host's own identity is enough: manifests are sealed to the host too. Reading content needs an identity of one
    /// of the recipients.
    ///
    /// - Throws: `E-KEY-WRONG` when no identity opens it, `E-VAULT-DAMAGED`, and what the store throws.
    public func manifest(
        of snapshot: Snapshot,
        identities: [AgeIdentity]
    ) async throws(Fault) -> ManifestReader {
        let name = snapshot.id.description
        let root = try await root(of: snapshot, identities: identities)
        let frames = try FrameReader(
            self,
            packs: try PackMap(snapshot.head.packs, snapshot: name),
            identities: identities,
            snapshot: name
        )
        return ManifestReader(name, root: root, frames: frames)
    }

    /// Reads, verifies and opens the body of a snapshot.
    func root(of snapshot: Snapshot, identities: [AgeIdentity]) async throws(Fault) -> WireRoot {
        let name = snapshot.id.description
        let bytes = try await wholeObject(
            VaultName.snapshot(snapshot.id.stream, seq: snapshot.id.seq, short: snapshot.id.short),
            short: snapshot.id.short,
            length: snapshot.objectBytes
        )
        let body = try SignedObject(parsing: bytes, object: name).body(
            snapshot.head.body,
            object: name
        )
        let frames = try decodedFrames(
            body,
            .snapshot,
            host: snapshot.head.host,
            identities: identities,
            object: name
        )
        guard frames.count == 1, let plain = frames.first,
            let root = try? WireRoot(serializedBytes: plain), root.pageKey.count == 32
        else { throw .damaged(name, "its body does not hold a root") }
        return root
    }

    /// The SHA-256 of a snapshot's object, from all of its bytes.
    func digest(of snapshot: Snapshot) async throws(Fault) -> Digest256 {
        let id = snapshot.id
        return Hashing.sha256(
            try await wholeObject(
                .snapshot(id.stream, seq: id.seq, short: id.short),
                short: id.short,
                length: snapshot.objectBytes
            )
        )
    }

    /// An object that was read whole and has the hash that its name commits to.
    func wholeObject(
        _ name: VaultName,
        short: String,
        length: Int64
    ) async throws(Fault) -> [UInt8] {
        let object = name.objectName
        guard length <= Self.largestObject else {
            throw .damaged(object.text, "it is larger than any such object")
        }
        return try await fromAnyCopy(object) { () async throws(Fault) in
            let bytes = try await store.get(object, limit: Int(length))
            guard Hashing.sha256(bytes).short == short else {
                throw .damaged(
                    object.description,
                    "its bytes are not those that its name commits to"
                )
            }
            return bytes
        }
    }

    /// Every frame of the body of a signed object, decoded.
    func decodedFrames(
        _ body: ArraySlice<UInt8>,
        _ kind: SealedHeader.Kind,
        host: String,
        identities: [AgeIdentity],
        object: String
    ) throws(Fault) -> [[UInt8]] {
        let sealed = try SealedObject(front: body, vault: id, object: object)
        guard sealed.header.type == kind, sealed.header.host == host else {
            throw .damaged(object, "its body is another object's")
        }
        let end = try SealedObject.framesEnd(
            tail: body.suffix(SealedHeader.tailBytes),
            object: object
        )
        guard end >= sealed.framesOffset, end <= body.count - SealedHeader.tailBytes else {
            throw .damaged(object, "its tail is damaged")
        }
        let decoder = try ZstdDecoder()
        let type: FrameType = sealed.header.type == .log ? .data : .manifest
        let cipher = try sealed.cipher(type, identities: identities)
        var frames: [[UInt8]] = []
        var offset = sealed.framesOffset
        while offset < end {
            let rest = body[(body.startIndex + offset)..<(body.startIndex + end)]
            do throws(Fault) {
                let header = try FrameHeader(rest.prefix(FrameHeader.bytes))
                let stored = rest.prefix(FrameHeader.bytes + header.storedLength)
                frames.append(try cipher.open(stored, at: offset, decoder: decoder))
                offset += stored.count
            } catch  where error.code == .sealBroken {
                throw .damaged(object, "the frame at byte \(offset) was changed", cause: error)
            }
        }
        return frames
    }
}
