public import Model
public import SystemIO

/// A store whose bytes are held to a rate, those that are stored and those that are read together.
///
/// Calls are not divided, so one goes at once and those after it wait until its bytes are paid for. An ``S3Store`` holds
/// itself to the rate of its settings, evenly, and needs none of this.
public struct LimitedStore: StoreDecorator {
    /// The store underneath.
    public let store: any ObjectStore
    private let pacer: Pacer

    /// Holds a store to the rate of a pacer, which may be shared with others.
    public init(_ store: any ObjectStore, _ pacer: Pacer) {
        self.store = store
        self.pacer = pacer
    }

    /// Stores an object when it is its turn.
    ///
    /// - Throws: As ``ObjectStore/put(_:_:)``; `E-CANCELLED`.
    public func put(_ name: ObjectName, _ bytes: [UInt8]) async throws(Fault) {
        try await pacer.pass(bytes.count)
        try await store.put(name, bytes)
    }

    /// Replaces an object when it is its turn.
    ///
    /// - Throws: As ``ObjectStore/supersede(_:with:)``; `E-CANCELLED`.
    public func supersede(_ name: ObjectName, with bytes: [UInt8]) async throws(Fault) {
        try await pacer.pass(bytes.count)
        try await store.supersede(name, with: bytes)
    }

    /// Reads an object, and returns when its bytes are paid for.
    ///
    /// - Throws: As ``ObjectStore/get(_:limit:)``; `E-CANCELLED`.
    public func get(_ name: ObjectName, limit: Int) async throws(Fault) -> [UInt8] {
        let bytes = try await store.get(name, limit: limit)
        try await pacer.pass(bytes.count)
        return bytes
    }

    /// Reads a part of an object, and returns when its bytes are paid for.
    ///
    /// - Throws: As ``ObjectStore/read(_:range:)``; `E-CANCELLED`.
    public func read(_ name: ObjectName, range: Range<Int64>) async throws(Fault) -> [UInt8] {
        let bytes = try await store.read(name, range: range)
        try await pacer.pass(bytes.count)
        return bytes
    }

    /// Reads a part of a version of an object, and returns when its bytes are paid for.
    ///
    /// - Throws: As ``ObjectStore/read(_:version:range:)``; `E-CANCELLED`.
    public func read(
        _ name: ObjectName,
        version: String,
        range: Range<Int64>
    ) async throws(Fault) -> [UInt8] {
        let bytes = try await store.read(name, version: version, range: range)
        try await pacer.pass(bytes.count)
        return bytes
    }
}
