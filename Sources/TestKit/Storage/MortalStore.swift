public import Model
public import ObjectStorage
import Synchronization

/// A store that is gone from one call on, whatever that call is: a cable that is pulled, a machine that dies.
///
/// A test runs its work with the end at call 1, 2, 3 … until ``isGone`` stays false.
public final class MortalStore: ObjectStore {
    /// The address of the store underneath.
    public var address: String { store.address }
    private let store: any ObjectStore
    private let limit: Int
    private let calls = Mutex(0)

    /// Wraps a store that is gone at a call, counted from 1.
    public init(_ store: any ObjectStore, goneAt limit: Int) {
        self.store = store
        self.limit = limit
    }

    /// Whether a call was refused.
    public var isGone: Bool { calls.withLock { $0 >= limit } }

    /// Stores an object.
    ///
    /// - Throws: `E-STORE-IO` when the store is gone, and what the store underneath throws.
    public func put(_ name: ObjectName, _ bytes: [UInt8]) async throws(Fault) {
        try live()
        try await store.put(name, bytes)
    }

    /// Reads an object.
    ///
    /// - Throws: `E-STORE-IO` when the store is gone, and what the store underneath throws.
    public func get(_ name: ObjectName, limit: Int) async throws(Fault) -> [UInt8] {
        try live()
        return try await store.get(name, limit: limit)
    }

    /// Reads a part of an object.
    ///
    /// - Throws: `E-STORE-IO` when the store is gone, and what the store underneath throws.
    public func read(_ name: ObjectName, range: Range<Int64>) async throws(Fault) -> [UInt8] {
        try live()
        return try await store.read(name, range: range)
    }

    /// What is known about an object.
    ///
    /// - Throws: `E-STORE-IO` when the store is gone, and what the store underneath throws.
    public func status(_ name: ObjectName) async throws(Fault) -> ObjectInfo? {
        try live()
        return try await store.status(name)
    }

    /// Reports every object below a prefix.
    ///
    /// - Throws: `E-STORE-IO` when the store is gone, and what the store underneath throws.
    public func list(
        _ prefix: String,
        _ body: (ObjectInfo) throws(Fault) -> Void
    ) async throws(Fault) {
        try live()
        try await store.list(prefix, body)
    }

    /// Removes an object.
    ///
    /// - Throws: `E-STORE-IO` when the store is gone, and what the store underneath throws.
    public func remove(_ name: ObjectName) async throws(Fault) {
        try live()
        try await store.remove(name)
    }

    private func live() throws(Fault) {
        let isGone = calls.withLock { calls in
            calls += 1
            return calls >= limit
        }
        guard isGone else { return }
        throw Fault(.storeUnreachable, "unable to use store '\(address)': it is gone")
    }
}
