public import Model

/// A store whose bytes are held to a rate, those that are stored and those that are read together.
///
/// Calls are not divided, so one goes at once and those after it wait until its bytes are paid for. An ``S3Store`` holds
/// itself to the rate of its settings, evenly, and needs none of this.
public struct LimitedStore: ObjectStore {
    private let store: any ObjectStore
    private let pacer: Pacer

    /// Holds a store to the rate of a pacer, which may be shared with others.
    public init(_ store: any ObjectStore, _ pacer: Pacer) {
        self.store = store
        self.pacer = pacer
    }

    /// The address of the store underneath.
    public var address: String { store.address }

    /// Stores an object when it is its turn.
    ///
    /// - Throws: As ``ObjectStore/put(_:_:)``; `E-CANCELLED`.
    public func put(_ name: ObjectName, _ bytes: [UInt8]) async throws(Fault) {
        try await pacer.pass(bytes.count)
        try await store.put(name, bytes)
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

    /// What is known about an object.
    ///
    /// - Throws: As ``ObjectStore/status(_:)``.
    public func status(_ name: ObjectName) async throws(Fault) -> ObjectInfo? {
        try await store.status(name)
    }

    /// Reports every object below a prefix.
    ///
    /// - Throws: As ``ObjectStore/list(_:_:)``.
    public func list(
        _ prefix: String,
        _ body: (ObjectInfo) throws(Fault) -> Void
    ) async throws(Fault) {
        try await store.list(prefix, body)
    }

    /// Reports what lies between the objects.
    ///
    /// - Throws: As ``ObjectStore/listOddities(_:)``.
    public func listOddities(_ body: (StoreOddity) throws(Fault) -> Void) async throws(Fault) {
        try await store.listOddities(body)
    }

    /// Removes an object.
    ///
    /// - Throws: As ``ObjectStore/remove(_:)``.
    public func remove(_ name: ObjectName) async throws(Fault) { try await store.remove(name) }

    /// Protects an object from deletion.
    ///
    /// - Throws: As ``ObjectStore/keep(_:until:)``.
    public func keep(_ name: ObjectName, until time: Instant) async throws(Fault) {
        try await store.keep(name, until: time)
    }
}
