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
        var pending: [ContentID: PieceLocation] = [:]
        var packs: [UInt64: PackReference]
    }

    private let state: Mutex<State>

    /// `packs`: the packs that the store holds.
    init(base: sending DedupTable?, additions: sending DedupTable, packs: [UInt64: PackReference]) {
        state = Mutex(State(base: base, additions: additions, packs: packs))
    }

    /// Where a piece lies, if it is stored or on its way.
    func find(_ id: ContentID) -> PieceLocation? {
        state.withLock { state in
            if let location = state.pending[id] ?? state.additions.find(id) { return location }
            guard let location = state.base?.find(id), state.packs[location.pack] != nil else {
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
            state.packs[pack.id.prefix] = pack
            for piece in pieces {
                state.pending[piece.id] = nil
                try state.additions.insert(piece.id, piece.location)
            }
        }
    }

    /// The pack of a prefix, if the store holds it.
    func pack(_ prefix: UInt64) -> PackReference? { state.withLock { $0.packs[prefix] } }

    /// Writes the table that the next session begins with: what lies in the packs that the new head names.
    func publish(
        as path: FilePath,
        keeping packs: Set<UInt64>,
        reflecting head: Digest256,
        vault: Digest256
    ) throws(Fault) {
        try state.withLock { state throws(Fault) in
            let additions = state.additions
            try state.base?.forEach { id, location throws(Fault) in
                if packs.contains(location.pack) { try additions.insert(id, location) }
            }
            try additions.publish(as: path, reflecting: head, vault: vault)
        }
    }
}
