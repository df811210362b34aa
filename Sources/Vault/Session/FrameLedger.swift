internal import Model
internal import Synchronization

/// Where the frames of a session went: number by number, pack and offset.
///
/// Eight bytes a frame, so 32 MiB for a terabyte of new data.
final class FrameLedger: Sendable {
    private struct State {
        var places: [UInt64] = []
        var packs: [PackReference] = []
    }

    private static let unplaced = UInt64.max
    private let state = Mutex(State())

    /// Takes the next frame number.
    func reserve() -> UInt32 {
        state.withLock { state in
            state.places.append(Self.unplaced)
            return UInt32(state.places.count - 1)
        }
    }

    /// Notes that a pack is stored, with its frames.
    func add(_ pack: PackReference, frames: [(number: UInt32, offset: UInt32)]) {
        state.withLock { state in
            let ordinal = UInt64(state.packs.count)
            state.packs.append(pack)
            for frame in frames {
                state.places[Int(frame.number)] = ordinal << 32 | UInt64(frame.offset)
            }
        }
    }

    /// An extent as a manifest holds it; every frame that it names must be stored.
    func resolve(_ extent: Extent) -> Extent {
        guard extent.pack == 0, extent.frame > 0 else { return extent }
        return state.withLock { state in
            let place = state.places[Int(extent.frame - 1)]
            precondition(place != Self.unplaced, "a frame is resolved after its pack is stored")
            return Extent(
                pack: state.packs[Int(place >> 32)].id.prefix,
                frame: UInt32(place & 0xffff_ffff),
                start: extent.start,
                length: extent.length
            )
        }
    }

    /// The packs that the session wrote, and their bytes in all.
    var packs: [PackReference] { state.withLock { $0.packs } }
}
