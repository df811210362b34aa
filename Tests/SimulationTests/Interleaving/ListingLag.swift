import Model
import ObjectStorage
import Synchronization
import TestKit

/// How long new objects are hidden from listings, by seed.
final class ListingLag: Sendable {
    private struct State {
        var longest = 0
        var random = SeededGenerator(seed: 0)
        var hidden: [String: Instant] = [:]
    }

    private let store: MemoryStore
    private let state = Mutex(State())

    init(_ store: MemoryStore) { self.store = store }

    /// Begins anew: each object that comes is hidden for up to so many seconds.
    func begin(longest: Int, seed: UInt64) {
        state.withLock { $0 = State(longest: longest, random: SeededGenerator(seed: seed)) }
    }

    /// An object is about to be stored; one that is shown already stays so when it is stored once more.
    func hear(_ name: String) {
        let now = store.now
        guard let object = ObjectName(name), store.modified(object) == nil else { return }
        state.withLock { state in
            guard state.longest > 0 else { return }
            let lag = Int.random(in: 0...state.longest, using: &state.random)
            state.hidden[name] = now + .seconds(lag)
        }
    }

    /// Whether listings do not show an object yet.
    func hides(_ name: String) -> Bool {
        guard let end = state.withLock({ $0.hidden.isEmpty ? nil : $0.hidden[name] }) else {
            return false
        }
        return store.now < end
    }
}
