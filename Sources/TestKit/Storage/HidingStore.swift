public import Model
public import ObjectStorage

/// A store whose listings do not show some objects that are there.
public struct HidingStore: ObjectStore {
    /// The address of the store underneath.
    public var address: String { store.address }
    private let store: any ObjectStore
    private let isHidden: @Sendable (String) -> Bool

    /// Wraps a store; `isHidden` is asked about each name.
    public init(_ store: any ObjectStore, _ isHidden: @escaping @Sendable (String) -> Bool) {
        self.store = store
        self.isHidden = isHidden
    }

    /// Stores an object.
    ///
    /// - Throws: What the store underneath throws.
    public func put(_ name: ObjectName, _ bytes: [UInt8]) async throws(Fault) {
        try await store.put(name, bytes)
    }

    /// Reads an object.
    ///
    /// - Throws: What the store underneath throws.
    public func get(_ name: ObjectName, limit: Int) async throws(Fault) -> [UInt8] {
        try await store.get(name, limit: limit)
    }

    /// Reads a part of an object.
    ///
    /// - Throws: What the store underneath throws.
    public func read(_ name: ObjectName, range: Range<Int64>) async throws(Fault) -> [UInt8] {
        try await store.read(name, range: range)
    }

    /// What is known about an object.
    ///
    /// - Throws: What the store underneath throws.
    public func status(_ name: ObjectName) async throws(Fault) -> ObjectInfo? {
        try await store.status(name)
    }

    /// Reports the objects below a prefix that are not hidden.
    ///
    /// - Throws: What the store underneath and `body` throw.
    public func list(
        _ prefix: String,
        _ body: (ObjectInfo) throws(Fault) -> Void
    ) async throws(Fault) {
        try await store.list(prefix) { (info) throws(Fault) in
            if !isHidden(info.name.text) { try body(info) }
        }
    }

    /// Removes an object.
    ///
    /// - Throws: What the store underneath throws.
    public func remove(_ name: ObjectName) async throws(Fault) {
        try await store.remove(name)
    }
}
