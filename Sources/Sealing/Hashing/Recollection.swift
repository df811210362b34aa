internal import Synchronization

/// What was worked out from bytes, remembered by their digest for as long as there is room.
///
/// Only for what the bytes alone decide: whether a signature fits, what a text says. Whether that is trusted is asked anew
/// each time. It holds the younger half and the older half of its room; when the younger one is full, the older goes.
/// One lock, held for one look-up.
package final class Recollection<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct State {
        var young: [Key: Value] = [:]
        var old: [Key: Value] = [:]
        var weight = 0
    }

    private let half: Int
    private let state = Mutex(State())

    /// Remembers nothing yet, and never more than things of this weight together.
    package init(limit: Int) { half = limit / 2 }

    /// What was worked out; nil when it was not, or is forgotten.
    package subscript(key: Key) -> Value? {
        state.withLock { $0.young[key] ?? $0.old[key] }
    }

    /// Remembers a thing, unless it alone weighs more than half of the limit.
    package func note(_ value: Value, for key: Key, weight: Int = 1) {
        guard weight <= half else { return }
        state.withLock { state in
            if state.weight + weight > half {
                state.old = state.young
                state.young = [:]
                state.weight = 0
            }
            state.weight += weight
            state.young[key] = value
        }
    }
}
