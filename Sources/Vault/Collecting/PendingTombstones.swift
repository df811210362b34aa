public import Model
internal import ObjectStorage

/// What is about to be deleted from a vault, as its tombstones say.
///
/// Whoever writes a head (a backup, a replication) looks here first: nothing new may build on it.
public struct PendingTombstones: Sendable {
    /// The tombstones, by number.
    public private(set) var documents: [VaultDocument<Tombstone>] = []
    /// Tombstones that cannot be read; what they name is not known.
    public private(set) var unreadable: [Fault] = []
    private var packs: Set<Digest256> = []
    private var known: Set<ObjectName> = []

    /// None.
    init() {}

    /// Whether a pack is about to be deleted.
    public func dooms(_ pack: Digest256) -> Bool { packs.contains(pack) }

    /// Whether a snapshot is about to be deleted, by its object's name.
    public func dooms(_ snapshot: SnapshotID) -> Bool {
        let name = snapshot.description
        return documents.contains { $0.content.forgets.contains(name) }
    }

    /// Whether log at some positions is about to be deleted without being held by another piece.
    func dooms(_ stream: StreamName, epoch: UInt32, _ positions: Range<UInt64>) -> Bool {
        documents.contains { document in
            document.content.log.contains {
                $0.by == nil && $0.stream == stream && $0.epoch == epoch
                    && $0.positions.overlaps(positions)
            }
        }
    }

    /// Takes in what has come since the last time.
    mutating func read(_ vault: Vault) async throws(Fault) {
        unreadable = []
        var infos: [ObjectInfo] = []
        try await vault.store.list("\(DocumentFolder.collections.rawValue)/") { infos.append($0) }
        for info in infos where !known.contains(info.name) {
            guard case .document(.collections, let number, let short) = VaultName(info.name) else {
                continue
            }
            do throws(Fault) {
                let document: VaultDocument<Tombstone> = try vault.document(
                    try await vault.store.get(info.name, limit: Vault.largestDocument),
                    info,
                    .collections,
                    number: number,
                    short: short
                )
                known.insert(info.name)
                packs.formUnion(document.content.packs)
                documents.append(document)
            } catch  where error.code == .objectMissing {
                // Carried out between the listing and now: what it named is gone from the next listing.
                continue
            } catch
                where [.untrusted, .revoked, .misplaced].contains(error.code)
            {
                // No collector of this vault wrote it, so none will act on it.
                known.insert(info.name)
            } catch  where error.code.disposition == .corrupt {
                unreadable.append(error)
            }
        }
    }
}

extension Vault {
    /// What is about to be deleted.
    ///
    /// One listing, and one read for each tombstone.
    ///
    /// - Throws: what the store throws; a tombstone that cannot be read is in the result.
    public func pendingTombstones() async throws(Fault) -> PendingTombstones {
        var pending = PendingTombstones()
        try await pending.read(self)
        return pending
    }
}
