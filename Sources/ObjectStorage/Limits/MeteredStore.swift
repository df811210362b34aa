public import Model
import Synchronization

/// A store that counts what it is asked for.
public final class MeteredStore: ObjectStore {
    private let store: any ObjectStore
    private let counted = Mutex(StoreUsage())

    /// Counts the calls to a store from now on.
    public init(_ store: any ObjectStore) { self.store = store }

    /// The address of the store underneath.
    public var address: String { store.address }

    /// What was counted so far.
    public var usage: StoreUsage { counted.withLock { $0 } }

    /// Stores an object.
    ///
    /// - Throws: As ``ObjectStore/put(_:_:)``.
    public func put(_ name: ObjectName, _ bytes: [UInt8]) async throws(Fault) {
        count(.put)
        try await store.put(name, bytes)
        counted.withLock { $0.stored += ByteCount(bytes.count) }
    }

    /// Reads a whole object.
    ///
    /// - Throws: As ``ObjectStore/get(_:limit:)``.
    public func get(_ name: ObjectName, limit: Int) async throws(Fault) -> [UInt8] {
        count(.get)
        let bytes = try await store.get(name, limit: limit)
        counted.withLock { $0.read += ByteCount(bytes.count) }
        return bytes
    }

    /// Reads a part of an object.
    ///
    /// - Throws: As ``ObjectStore/read(_:range:)``.
    public func read(_ name: ObjectName, range: Range<Int64>) async throws(Fault) -> [UInt8] {
        count(.read)
        let bytes = try await store.read(name, range: range)
        counted.withLock { $0.read += ByteCount(bytes.count) }
        return bytes
    }

    /// What is known about an object.
    ///
    /// - Throws: As ``ObjectStore/status(_:)``.
    public func status(_ name: ObjectName) async throws(Fault) -> ObjectInfo? {
        count(.status)
        return try await store.status(name)
    }

    /// Reports every object below a prefix.
    ///
    /// - Throws: As ``ObjectStore/list(_:_:)``.
    public func list(
        _ prefix: String,
        _ body: (ObjectInfo) throws(Fault) -> Void
    ) async throws(Fault) {
        count(.list)
        try await store.list(prefix) { (info) throws(Fault) in
            counted.withLock { $0.listed += 1 }
            try body(info)
        }
    }

    /// Reports what lies between the objects; counts as a listing.
    ///
    /// - Throws: As ``ObjectStore/listOddities(_:)``.
    public func listOddities(_ body: (StoreOddity) throws(Fault) -> Void) async throws(Fault) {
        count(.list)
        try await store.listOddities(body)
    }

    /// Removes an object.
    ///
    /// - Throws: As ``ObjectStore/remove(_:)``.
    public func remove(_ name: ObjectName) async throws(Fault) {
        count(.remove)
        try await store.remove(name)
    }

    /// Protects an object from deletion.
    ///
    /// - Throws: As ``ObjectStore/keep(_:until:)``.
    public func keep(_ name: ObjectName, until time: Instant) async throws(Fault) {
        count(.keep)
        try await store.keep(name, until: time)
    }

    private func count(_ call: StoreUsage.Call) {
        counted.withLock { $0.calls[call, default: 0] += 1 }
    }
}
