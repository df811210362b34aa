internal import VaultRecords
internal import FoundationEssentials
internal import Model
internal import ObjectStorage
internal import Sealing
internal import SwiftProtobuf

extension Vault {
    /// The table of what the newest snapshot's packs hold: the kept one, or one rebuilt from the packs' directories.
    func table(
        for head: Snapshot?,
        digest: Digest256?,
        request: BackupRequest,
        keys: HostKeys,
        packs stored: StoredPacks
    ) async throws(Fault) -> sending DedupTable? {
        guard let head, let digest else { return nil }
        if let kept = DedupTable(
            opening: request.tablePath("table"),
            reflecting: digest,
            vault: id
        ) {
            return kept
        }
        let table = try DedupTable(creating: request.tablePath("rebuilt"))
        for pack in head.head.packs where stored.contains(pack) {
            do throws(Fault) {
                try await addPieces(of: pack, to: table, keys: keys)
            } catch  where BackupSession.canDoWithout(error) {
                // What a damaged or frozen pack holds is stored again; `check` is what reports the damage. A pack that
                // the host wrote under an earlier identity is closed to it, and its ids would be of another secret.
                continue
            }
        }
        return table
    }

    private func addPieces(
        of pack: PackReference,
        to table: DedupTable,
        keys: HostKeys
    ) async throws(Fault) {
        let name = VaultName.pack(pack.id).objectName
        let tail = try await store.read(
            name,
            range: Int64(pack.bytes - SealedHeader.tailBytes)..<Int64(pack.bytes)
        )
        let end = try SealedObject.framesEnd(tail: tail[...], object: name.description)
        var open = OpenPack(pack, front: try await front(of: pack), identities: [keys.identity])
        let stored = try await storedFrame(pack, at: Int64(end))
        let plain = try open.open(stored[...], at: end, decoder: ZstdDecoder())
        guard let directory = try? WireDirectory(serializedBytes: plain) else {
            throw .damaged(name.description, "its directory cannot be read")
        }
        for frame in directory.frames { try addPieces(of: frame, pack: pack, to: table) }
    }

    private func addPieces(
        of frame: WireDirectoryFrame,
        pack: PackReference,
        to table: DedupTable
    ) throws(Fault) {
        let ids = Array(frame.ids)
        var start: UInt32 = 0
        for (number, offset) in stride(from: 0, to: ids.count - 15, by: 16).enumerated() {
            let length =
                frame.lengths.isEmpty
                ? frame.pieceBytes
                : frame.lengths.indices.contains(number) ? frame.lengths[number] : 0
            guard length > 0, start <= UInt32.max - length else {
                throw .damaged(
                    VaultName.pack(pack.id).objectName.description,
                    "its directory is damaged"
                )
            }
            let half = { (from: Int) in ids[from..<from + 8].reduce(0) { $0 << 8 | UInt64($1) } }
            try table.insert(
                ContentID(high: half(offset), low: half(offset + 8)),
                PieceLocation(
                    pack: pack.id.prefix,
                    frame: frame.offset,
                    start: start,
                    length: length,
                    isManifest: frame.type == UInt32(FrameType.manifest.rawValue)
                )
            )
            start += length
        }
    }
}
