public import Model
import Synchronization

/// A store that counts what it is asked for.
public final class MeteredStore: StoreDecorator {
    /// The store underneath.
    public let store: any ObjectStore
    private let counted = Mutex(StoreUsage())

    /// Counts the calls to a store from now on.
    public init(_ store: any ObjectStore) { self.store = store }

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

    /// Replaces an object; counts as storing it.
    ///
    /// - Throws: As ``ObjectStore/supersede(_:with:)``.
    public func supersede(_ name: ObjectName, with bytes: [UInt8]) async throws(Fault) {
        count(.put)
        try await store.supersede(name, with: bytes)
        counted.withLock { $0.stored += ByteCount(bytes.count) }
    }

    /// Reads a whole object.
    ///
    /// - Throws: As ``ObjectStore/get(_:limit:)``.
    public func get(_ name: ObjectName, limit: Int) async throws(Fault) -> [UInt8] {
        count(.get)
        return counted(try await store.get(name, limit: limit))
    }

    /// Reads a part of an object.
    ///
    /// - Throws: As ``ObjectStore/read(_:range:)``.
    public func read(_ name: ObjectName, range: Range<Int64>) async throws(Fault) -> [UInt8] {
        count(.read)
        return counted(try await store.read(name, range: range))
    }

    /// Reads a part of a version of an object; counts as any reading.
    ///
    /// - Throws: As ``ObjectStore/read(_:version:range:)``.
    public func read(
        _ name: ObjectName,
        version: String,
        range: Range<Int64>
    ) async throws(Fault) -> [UInt8] {
        count(.read)
        return counted(try await store.read(name, version: version, range: range))
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

    /// The versions of an object; counts as a listing.
    ///
    /// - Throws: As ``ObjectStore/versions(of:)``.
    public func versions(of name: ObjectName) async throws(Fault) -> [ObjectVersion] {
        count(.list)
        return try await store.versions(of: name)
    }

    /// Reports the objects that were deleted; counts as a listing.
    ///
    /// - Throws: As ``ObjectStore/listDeleted(_:)``.
    public func listDeleted(_ body: (ObjectName) throws(Fault) -> Void) async throws(Fault) {
        count(.list)
        try await store.listDeleted(body)
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

    /// Asks for a readable copy of an object in cold storage.
    ///
    /// - Throws: As ``ObjectStore/thaw(_:days:isUrgent:)``.
    public func thaw(
        _ name: ObjectName,
        days: Int,
        isUrgent: Bool
    ) async throws(Fault) -> ObjectThaw {
        count(.thaw)
        return try await store.thaw(name, days: days, isUrgent: isUrgent)
    }

    private func count(_ call: StoreUsage.Call) {
        counted.withLock { $0.calls[call, default: 0] += 1 }
    }

    private func counted(_ bytes: [UInt8]) -> [UInt8] {
        counted.withLock { $0.read += ByteCount(bytes.count) }
        return bytes
    }
}
