internal import Model
internal import Synchronization
internal import SystemPackage

/// What one session knows to be stored: the table of the newest snapshot, and what it has added itself.
///
/// A location is only given out when its pack was in the store's listing at the session's start, or was written by this
/// session: a cache never proves that an object exists.
final class DedupIndex: Sendable {
    private struct State: ~Copyable {
        let base: DedupTable?
        let additions: DedupTable
        let journal: SessionJournal
        var pending: [ContentID: PieceLocation] = [:]
        var packs: StoredPacks
        /// Packs whose content is to be stored again.
        let worn: Set<UInt64>

        /// Whether a new snapshot should use what an earlier session put into a pack.
        func isUsable(_ pack: UInt64) -> Bool { packs[pack] != nil && !worn.contains(pack) }
    }

    private let state: Mutex<State>

    /// `packs`: the packs that the store holds.
    init(
        base: sending DedupTable?,
        additions: sending SessionAdditions,
        packs: StoredPacks
    ) {
        let worn = Set(base?.worn ?? [])
        state = Mutex(
            State(
                base: base,
                additions: additions.table,
                journal: additions.journal,
                packs: packs,
                worn: worn
            )
        )
    }

    /// Where a piece lies, if it is stored or on its way.
    func find(_ id: ContentID) -> PieceLocation? {
        state.withLock { state in
            if let location = state.pending[id] ?? state.additions.find(id) { return location }
            guard let location = state.base?.find(id), state.isUsable(location.pack) else {
                return nil
            }
            return location
        }
    }

    /// Notes a piece whose frame is on its way.
    func addPending(_ id: ContentID, frame: UInt32, start: Int, length: Int) {
        state.withLock {
            $0.pending[id] = PieceLocation(
                pack: 0,
                frame: frame + 1,
                start: UInt32(start),
                length: UInt32(length)
            )
        }
    }

    /// Notes that a pack is stored, with the pieces it holds.
    func add(_ pack: PackReference, pieces: [(id: ContentID, location: PieceLocation)])
        throws(Fault)
    {
        try state.withLock { state throws(Fault) in
            state.packs.insert(pack)
            for piece in pieces {
                state.pending[piece.id] = nil
                try state.additions.insert(piece.id, piece.location)
            }
            // Last, so that a pack in the journal has its pieces in the table.
            try state.journal.append(pack)
        }
    }

    /// The pack of a prefix, if the store holds it.
    func pack(_ prefix: UInt64) -> PackReference? { state.withLock { $0.packs[prefix] } }

    /// Whether a new snapshot should use what an earlier session put into a pack.
    func isUsable(_ prefix: UInt64) -> Bool { state.withLock { $0.isUsable(prefix) } }

    /// Writes the table that the next session begins with: what lies in the packs that the new head names, and which of
    /// those are worn.
    ///
    /// - Parameters:
    ///   - path: the table's lasting place.
    ///   - live: the packs that the new head names, with the plain bytes of file content that it needs of each.
    ///   - added: plain bytes that the session stored.
    ///   - head: the hash of the new snapshot.
    ///   - vault: the vault's id.
    /// - Throws: `E-IO-…`; the next session then rebuilds the table.
    func publish(
        as path: FilePath,
        live: [UInt64: Int64],
        added: Int64,
        reflecting head: Digest256,
        vault: Digest256
    ) throws(Fault) {
        try state.withLock { state throws(Fault) in
            let table = state.additions
            try state.base?.forEach { id, location throws(Fault) in
                if live[location.pack] != nil { try table.insert(id, location) }
            }
            var content: [UInt64: Int64] = [:]
            try table.forEach { _, location throws(Fault) in
                guard !location.isManifest else { return }
                content[location.pack, default: 0] += Int64(location.length)
            }
            let packs = live.map { prefix, live in
                PackWear.Pack(
                    prefix: prefix,
                    stored: state.packs[prefix]?.bytes ?? 0,
                    content: content[prefix] ?? 0,
                    live: live
                )
            }
            try table.publish(
                as: path,
                reflecting: head,
                vault: vault,
                worn: PackWear.worn(packs, added: added)
            )
            try state.journal.remove()
        }
    }
}
