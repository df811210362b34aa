public import Model

/// A store that stands before another one and changes some of what it does.
///
/// Every call is handed on unless the decorator says otherwise, those too that a plain store need not have.
public protocol StoreDecorator: ObjectStore {
    /// The store underneath.
    var store: any ObjectStore { get }
}

extension StoreDecorator {
    /// The address of the store underneath.
    public var address: String { store.address }

    /// Hands the call on; see ``ObjectStore/put(_:_:)``.
    public func put(_ name: ObjectName, _ bytes: [UInt8]) async throws(Fault) {
        try await store.put(name, bytes)
    }

    /// Hands the call on; see ``ObjectStore/get(_:limit:)``.
    public func get(_ name: ObjectName, limit: Int) async throws(Fault) -> [UInt8] {
        try await store.get(name, limit: limit)
    }

    /// Hands the call on; see ``ObjectStore/read(_:range:)``.
    public func read(_ name: ObjectName, range: Range<Int64>) async throws(Fault) -> [UInt8] {
        try await store.read(name, range: range)
    }

    /// Hands the call on; see ``ObjectStore/status(_:)``.
    public func status(_ name: ObjectName) async throws(Fault) -> ObjectInfo? {
        try await store.status(name)
    }

    /// Hands the call on; see ``ObjectStore/list(_:_:)``.
    public func list(
        _ prefix: String,
        _ body: (ObjectInfo) throws(Fault) -> Void
    ) async throws(Fault) {
        try await store.list(prefix, body)
    }

    /// Hands the call on; see ``ObjectStore/listOddities(_:)``.
    public func listOddities(_ body: (StoreOddity) throws(Fault) -> Void) async throws(Fault) {
        try await store.listOddities(body)
    }

    /// Hands the call on; see ``ObjectStore/remove(_:)``.
    public func remove(_ name: ObjectName) async throws(Fault) { try await store.remove(name) }

    /// Hands the call on; see ``ObjectStore/keep(_:until:)``.
    public func keep(_ name: ObjectName, until time: Instant) async throws(Fault) {
        try await store.keep(name, until: time)
    }

    /// Hands the call on; see ``ObjectStore/versions(of:)``.
    public func versions(of name: ObjectName) async throws(Fault) -> [ObjectVersion] {
        try await store.versions(of: name)
    }

    /// Hands the call on; see ``ObjectStore/read(_:version:range:)``.
    public func read(
        _ name: ObjectName,
        version: String,
        range: Range<Int64>
    ) async throws(Fault) -> [UInt8] {
        try await store.read(name, version: version, range: range)
    }

    /// Hands the call on; see ``ObjectStore/listDeleted(_:)``.
    public func listDeleted(_ body: (ObjectName) throws(Fault) -> Void) async throws(Fault) {
        try await store.listDeleted(body)
    }

    /// Hands the call on; see ``ObjectStore/undelete(_:)``.
    public func undelete(_ name: ObjectName) async throws(Fault) -> Bool {
        try await store.undelete(name)
    }

    /// Hands the call on; see ``ObjectStore/supersede(_:with:)``.
    public func supersede(_ name: ObjectName, with bytes: [UInt8]) async throws(Fault) {
        try await store.supersede(name, with: bytes)
    }

    /// Hands the call on; see ``ObjectStore/thaw(_:days:isUrgent:)``.
    public func thaw(
        _ name: ObjectName,
        days: Int,
        isUrgent: Bool
    ) async throws(Fault) -> ObjectThaw {
        try await store.thaw(name, days: days, isUrgent: isUrgent)
    }

    /// Hands the call on; see ``ObjectStore/removeLeftovers(olderThan:)``.
    public func removeLeftovers(olderThan age: Duration) async throws(Fault) -> Int {
        try await store.removeLeftovers(olderThan: age)
    }
}
