internal import Model
internal import ObjectStorage

/// Everything that a vault lists, held compactly, in the order of names.
///
/// Log pieces, packs and snapshots, in this order, make up the ring that checks walk around: by far the most bytes of a
/// vault. Everything else is small and is looked at in every check.
struct VaultInventory: Sendable {
    /// One object of the ring.
    enum Member {
        case log(StreamName, LogPiece, VaultName)
        case pack(Int, Digest256)
        case snapshot(SnapshotID)
    }

    private(set) var logs = LogTable()
    var packs = PackTable()
    private(set) var snapshots: [(id: SnapshotID, bytes: Int64)] = []
    /// Documents, the vault's identity, its hosts and the way out.
    private(set) var small: [(name: VaultName, info: ObjectInfo)] = []

    /// How many objects the ring has.
    var count: Int { logs.count + packs.count + snapshots.count }

    /// Adds an object that the store lists; false when it is foreign.
    mutating func add(_ info: ObjectInfo) -> Bool {
        guard let name = VaultName(info.name) else { return false }
        switch name {
        case .pack(let id): packs.append(id, bytes: info.bytes)
        case .log(let stream, let epoch, let from, let to, let short):
            let piece = LogPiece(
                epoch: epoch,
                from: from,
                to: to,
                short: short,
                objectBytes: info.bytes
            )
            logs.append(stream, piece)
        case .history(let stream, let epoch, let short):
            let piece = LogPiece(
                epoch: epoch,
                from: 0,
                to: 0,
                short: short,
                objectBytes: info.bytes
            )
            logs.append(stream, piece)
        case .snapshot(let stream, let seq, let short):
            snapshots.append((SnapshotID(stream: stream, seq: seq, short: short), info.bytes))
        default: small.append((name, info))
        }
        return true
    }

    /// An object of the ring, its name and its length.
    func member(_ index: Int) -> (member: Member, name: String, bytes: Int64) {
        if index < logs.count {
            let (stream, piece, name) = logs[index]
            return (.log(stream, piece, name), name.objectName.text, piece.objectBytes)
        }
        let pack = index - logs.count
        if pack < packs.count {
            let id = packs.ids[pack]
            return (.pack(pack, id), VaultName.pack(id).objectName.text, packs.sizes[pack])
        }
        let (id, bytes) = snapshots[pack - packs.count]
        return (.snapshot(id), id.description, bytes)
    }

    /// The first object of the ring after a name; ``count`` when there is none.
    func index(after name: String) -> Int {
        (0..<count).first(from: { member($0).name > name })
    }
}
