internal import Model
internal import Sealing
internal import Synchronization

/// Which keys signed the pieces of log whose heads this process has read: after a revocation each is read once.
final class LogSigners: Sendable {
    private struct State {
        var keys: [VerifyKey] = []
        /// The place of the key by the first 16 digits of the piece's hash; nil for a piece whose head cannot be used.
        var places: [String: Int?] = [:]
    }

    private let state = Mutex(State())

    /// The signer of a piece: nil while it is not known, nil inside when the head cannot be used.
    func signer(of short: String) -> VerifyKey?? {
        state.withLock { state in
            state.places[short].map { place in place.map { state.keys[$0] } }
        }
    }

    func note(_ key: VerifyKey?, of short: String) {
        state.withLock { state in
            guard let key else {
                state.places[short] = .some(nil)
                return
            }
            let place = state.keys.firstIndex(of: key) ?? state.keys.count
            if place == state.keys.count { state.keys.append(key) }
            state.places[short] = .some(place)
        }
    }
}
