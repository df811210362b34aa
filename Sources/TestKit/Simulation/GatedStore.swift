public import Model
public import ObjectStorage

/// A store whose user stops at a step of a simulation before some calls.
public struct GatedStore: ObjectStore {
    /// The address of the store underneath.
    public var address: String { store.address }
    private let store: any ObjectStore
    private let simulation: Simulation
    private let actor: Int
    private let isGated: @Sendable (StoreOperation.Kind, String) -> Bool

    /// Wraps a store; `isGated` is asked about each call with its kind and its name or prefix.
    public init(
        _ store: any ObjectStore,
        _ simulation: Simulation,
        actor: Int,
        _ isGated: @escaping @Sendable (StoreOperation.Kind, String) -> Bool
    ) {
        self.store = store
        self.simulation = simulation
        self.actor = actor
        self.isGated = isGated
    }

    private func stop(_ kind: StoreOperation.Kind, _ name: String) async {
        if isGated(kind, name) { await simulation.stop(actor, before: "\(kind) \(name)") }
    }

    /// Stores an object.
    ///
    /// - Throws: What the store underneath throws.
    public func put(_ name: ObjectName, _ bytes: [UInt8]) async throws(Fault) {
        await stop(.put, name.text)
        try await store.put(name, bytes)
    }

    /// Reads an object.
    ///
    /// - Throws: What the store underneath throws.
    public func get(_ name: ObjectName, limit: Int) async throws(Fault) -> [UInt8] {
        await stop(.get, name.text)
        return try await store.get(name, limit: limit)
    }

    /// Reads a part of an object.
    ///
    /// - Throws: What the store underneath throws.
    public func read(_ name: ObjectName, range: Range<Int64>) async throws(Fault) -> [UInt8] {
        await stop(.read, name.text)
        return try await store.read(name, range: range)
    }

    /// What is known about an object.
    ///
    /// - Throws: What the store underneath throws.
    public func status(_ name: ObjectName) async throws(Fault) -> ObjectInfo? {
        await stop(.status, name.text)
        return try await store.status(name)
    }

    /// Reports every object below a prefix.
    ///
    /// - Throws: What the store underneath and `body` throw.
    public func list(
        _ prefix: String,
        _ body: (ObjectInfo) throws(Fault) -> Void
    ) async throws(Fault) {
        await stop(.list, prefix)
        try await store.list(prefix, body)
    }

    /// Removes an object.
    ///
    /// - Throws: What the store underneath throws.
    public func remove(_ name: ObjectName) async throws(Fault) {
        await stop(.remove, name.text)
        try await store.remove(name)
    }
}
