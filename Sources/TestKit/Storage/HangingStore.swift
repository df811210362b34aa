public import Model
public import ObjectStorage
import Synchronization

/// A store that does not come back from storing an object until it is released: a disk that hangs, a mount whose server is gone.
public final class HangingStore: StoreDecorator {
    private struct State {
        var isHanging = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    /// The store underneath.
    public let store: any ObjectStore
    private let state = Mutex(State())

    /// Wraps a store that works until ``hang()``.
    public init(_ store: any ObjectStore) { self.store = store }

    /// Whether a call waits.
    public var isHolding: Bool { state.withLock { !$0.waiting.isEmpty } }

    /// Lets no call that stores something come back.
    public func hang() { state.withLock { $0.isHanging = true } }

    /// Lets all calls go on.
    public func release() {
        let waiting = state.withLock { state in
            defer { state = State() }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Stores an object, after the release.
    ///
    /// - Throws: What the store underneath throws.
    public func put(_ name: ObjectName, _ bytes: [UInt8]) async throws(Fault) {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                if state.isHanging {
                    state.waiting.append(continuation)
                } else {
                    continuation.resume()
                }
            }
        }
        try await store.put(name, bytes)
    }
}
