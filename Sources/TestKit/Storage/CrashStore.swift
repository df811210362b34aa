public import Model
public import ObjectStorage
import Synchronization

extension Fault.Code {
    /// The simulated machine is down.
    public static let crashed = Fault.Code("E-TEST-CRASHED", .permanent, exit: .failed)
}

/// A store whose machine goes down at one change: that call and every later one fail.
///
/// A test runs its work with a crash at change 1, 2, 3 … until ``hasCrashed`` stays false, and each time looks at what
/// the store underneath holds.
public final class CrashStore: StoreDecorator {
    /// What becomes of the change at which the machine goes down.
    public enum Fate: Sendable, CaseIterable {
        /// The store never got it.
        case lost
        /// The store has it, but nobody was told.
        case applied
    }

    /// The store underneath, which survives.
    public let store: any ObjectStore
    private let fate: Fate
    private let limit: Int
    private let state = Mutex((changes: 0, isDown: false))

    /// Wraps a store.
    ///
    /// - Parameters:
    ///   - store: What survives the crash.
    ///   - limit: The change at which the machine goes down, counted from 1.
    ///   - fate: What becomes of that change.
    public init(_ store: any ObjectStore, crashingAt limit: Int, fate: Fate) {
        self.store = store
        self.limit = limit
        self.fate = fate
    }

    /// Whether the machine has gone down.
    public var hasCrashed: Bool { state.withLock { $0.isDown } }

    /// Stores an object, or crashes.
    ///
    /// - Throws: `E-TEST-CRASHED`, and what the store underneath throws.
    public func put(_ name: ObjectName, _ bytes: [UInt8]) async throws(Fault) {
        try await change { () async throws(Fault) in try await store.put(name, bytes) }
    }

    /// Removes an object, or crashes.
    ///
    /// - Throws: `E-TEST-CRASHED`, and what the store underneath throws.
    public func remove(_ name: ObjectName) async throws(Fault) {
        try await change { () async throws(Fault) in try await store.remove(name) }
    }

    /// Protects an object from deletion, or crashes.
    ///
    /// - Throws: `E-TEST-CRASHED`, and what the store underneath throws.
    public func keep(_ name: ObjectName, until time: Instant) async throws(Fault) {
        try await change { () async throws(Fault) in try await store.keep(name, until: time) }
    }

    /// Reads an object.
    ///
    /// - Throws: `E-TEST-CRASHED`, and what the store underneath throws.
    public func get(_ name: ObjectName, limit: Int) async throws(Fault) -> [UInt8] {
        try checkUp()
        return try await store.get(name, limit: limit)
    }

    /// Reads a part of an object.
    ///
    /// - Throws: `E-TEST-CRASHED`, and what the store underneath throws.
    public func read(_ name: ObjectName, range: Range<Int64>) async throws(Fault) -> [UInt8] {
        try checkUp()
        return try await store.read(name, range: range)
    }

    /// What is known about an object.
    ///
    /// - Throws: `E-TEST-CRASHED`, and what the store underneath throws.
    public func status(_ name: ObjectName) async throws(Fault) -> ObjectInfo? {
        try checkUp()
        return try await store.status(name)
    }

    /// Reports every object below a prefix.
    ///
    /// - Throws: `E-TEST-CRASHED`, and what the store underneath throws.
    public func list(
        _ prefix: String,
        _ body: (ObjectInfo) throws(Fault) -> Void
    ) async throws(Fault) {
        try checkUp()
        try await store.list(prefix, body)
    }

    /// Reports what lies between the objects of the store underneath.
    ///
    /// - Throws: What the store underneath or `body` says.
    public func listOddities(_ body: (StoreOddity) throws(Fault) -> Void) async throws(Fault) {
        try checkUp()
        try await store.listOddities(body)
    }

    /// The versions of an object.
    ///
    /// - Throws: `E-TEST-CRASHED`, and what the store underneath throws.
    public func versions(of name: ObjectName) async throws(Fault) -> [ObjectVersion] {
        try checkUp()
        return try await store.versions(of: name)
    }

    /// Reports the objects that were deleted.
    ///
    /// - Throws: `E-TEST-CRASHED`, and what the store underneath throws.
    public func listDeleted(_ body: (ObjectName) throws(Fault) -> Void) async throws(Fault) {
        try checkUp()
        try await store.listDeleted(body)
    }

    /// Takes back the deletion of an object.
    ///
    /// - Throws: `E-TEST-CRASHED`, and what the store underneath throws.
    public func undelete(_ name: ObjectName) async throws(Fault) -> Bool {
        var isBack = false
        try await change { () async throws(Fault) in isBack = try await store.undelete(name) }
        return isBack
    }

    /// Reads a part of a version of an object.
    ///
    /// - Throws: `E-TEST-CRASHED`, and what the store underneath throws.
    public func read(
        _ name: ObjectName,
        version: String,
        range: Range<Int64>
    ) async throws(Fault) -> [UInt8] {
        try checkUp()
        return try await store.read(name, version: version, range: range)
    }

    /// Replaces an object, or crashes.
    ///
    /// - Throws: `E-TEST-CRASHED`, and what the store underneath throws.
    public func supersede(_ name: ObjectName, with bytes: [UInt8]) async throws(Fault) {
        try await change { () async throws(Fault) in try await store.supersede(name, with: bytes) }
    }

    /// Asks for a readable copy of an object in cold storage.
    ///
    /// - Throws: `E-TEST-CRASHED`, and what the store underneath throws.
    public func thaw(
        _ name: ObjectName,
        days: Int,
        isUrgent: Bool
    ) async throws(Fault) -> ObjectThaw {
        try checkUp()
        return try await store.thaw(name, days: days, isUrgent: isUrgent)
    }

    /// Removes what interrupted calls left.
    ///
    /// - Throws: `E-TEST-CRASHED`, and what the store underneath throws.
    public func removeLeftovers(olderThan age: Duration) async throws(Fault) -> Int {
        try checkUp()
        return try await store.removeLeftovers(olderThan: age)
    }

    private func change(_ apply: () async throws(Fault) -> Void) async throws(Fault) {
        try checkUp()
        let isLast = state.withLock { state in
            state.changes += 1
            state.isDown = state.changes >= limit
            return state.isDown
        }
        if !isLast || fate == .applied { try await apply() }
        if isLast { throw down() }
    }

    private func checkUp() throws(Fault) {
        if hasCrashed { throw down() }
    }

    private func down() -> Fault {
        Fault(.crashed, "unable to use store '\(address)': the simulated machine is down")
    }
}
