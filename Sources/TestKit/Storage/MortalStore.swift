public import Model
public import ObjectStorage
import Synchronization

/// A store that is gone from one call on, whatever that call is: a cable that is pulled, a machine that dies.
///
/// A test runs its work with the end at call 1, 2, 3 … until ``isGone`` stays false.
public final class MortalStore: StoreDecorator {
    /// The store underneath.
    public let store: any ObjectStore
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

    /// Reports what lies between the objects.
    ///
    /// - Throws: `E-STORE-IO` when the store is gone, and what the store underneath throws.
    public func listOddities(_ body: (StoreOddity) throws(Fault) -> Void) async throws(Fault) {
        try live()
        try await store.listOddities(body)
    }

    /// Protects an object from deletion.
    ///
    /// - Throws: `E-STORE-IO` when the store is gone, and what the store underneath throws.
    public func keep(_ name: ObjectName, until time: Instant) async throws(Fault) {
        try live()
        try await store.keep(name, until: time)
    }

    /// The versions of an object.
    ///
    /// - Throws: `E-STORE-IO` when the store is gone, and what the store underneath throws.
    public func versions(of name: ObjectName) async throws(Fault) -> [ObjectVersion] {
        try live()
        return try await store.versions(of: name)
    }

    /// Reports the objects that were deleted.
    ///
    /// - Throws: `E-STORE-IO` when the store is gone, and what the store underneath throws.
    public func listDeleted(_ body: (ObjectName) throws(Fault) -> Void) async throws(Fault) {
        try live()
        try await store.listDeleted(body)
    }

    /// Takes back the deletion of an object.
    ///
    /// - Throws: `E-STORE-IO` when the store is gone, and what the store underneath throws.
    public func undelete(_ name: ObjectName) async throws(Fault) -> Bool {
        try live()
        return try await store.undelete(name)
    }

    /// Reads a part of a version of an object.
    ///
    /// - Throws: `E-STORE-IO` when the store is gone, and what the store underneath throws.
    public func read(
        _ name: ObjectName,
        version: String,
        range: Range<Int64>
    ) async throws(Fault) -> [UInt8] {
        try live()
        return try await store.read(name, version: version, range: range)
    }

    /// Replaces an object.
    ///
    /// - Throws: `E-STORE-IO` when the store is gone, and what the store underneath throws.
    public func supersede(_ name: ObjectName, with bytes: [UInt8]) async throws(Fault) {
        try live()
        try await store.supersede(name, with: bytes)
    }

    /// Asks for a readable copy of an object in cold storage.
    ///
    /// - Throws: `E-STORE-IO` when the store is gone, and what the store underneath throws.
    public func thaw(
        _ name: ObjectName,
        days: Int,
        isUrgent: Bool
    ) async throws(Fault) -> ObjectThaw {
        try live()
        return try await store.thaw(name, days: days, isUrgent: isUrgent)
    }

    /// Removes what interrupted calls left.
    ///
    /// - Throws: `E-STORE-IO` when the store is gone, and what the store underneath throws.
    public func removeLeftovers(olderThan age: Duration) async throws(Fault) -> Int {
        try live()
        return try await store.removeLeftovers(olderThan: age)
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
