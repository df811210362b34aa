internal import Model
internal import Sealing
internal import Synchronization

/// Which keys signed the pieces of log whose heads this process has read: after a revocation each is read once.
final class LogSigners: Sendable {
    private struct State {
        var keys: [VerifyKey] = []
        /// The place of the key by the piece's name; nil for a piece whose head cannot be used.
        var places: [ObjectMark: Int?] = [:]
    }

    private let state = Mutex(State())

    /// The signer of a piece: nil while it is not known, nil inside when the head cannot be used.
    func signer(of piece: ObjectMark) -> VerifyKey?? {
        state.withLock { state in
            state.places[piece].map { place in place.map { state.keys[$0] } }
        }
    }

    func note(_ key: VerifyKey?, of piece: ObjectMark) {
        state.withLock { state in
            guard let key else {
                state.places[piece] = .some(nil)
                return
            }
            let place = state.keys.firstIndex(of: key) ?? state.keys.count
            if place == state.keys.count { state.keys.append(key) }
            state.places[piece] = .some(place)
        }
    }
}
