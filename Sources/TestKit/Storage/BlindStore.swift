public import Model
public import ObjectStorage
import Synchronization

/// A store whose listings of some prefixes do not notice what others do after they were asked for the first time.
///
/// Whoever uses it is what a program would be that does not look again. What it stores or removes itself, it sees.
public final class BlindStore: StoreDecorator {
    /// The store underneath.
    public let store: any ObjectStore
    private let prefixes: Set<String>
    private let seen = Mutex<[String: [ObjectName: ObjectInfo]]>([:])

    /// Wraps a store whose listings of these prefixes stay as they were.
    public init(_ store: any ObjectStore, prefixes: Set<String>) {
        self.store = store
        self.prefixes = prefixes
    }

    /// Forgets what was listed: the next listing is a first one.
    public func forget() { seen.withLock { $0 = [:] } }

    /// Stores an object.
    ///
    /// - Throws: What the store underneath throws.
    public func put(_ name: ObjectName, _ bytes: [UInt8]) async throws(Fault) {
        try await store.put(name, bytes)
        let info = try await store.status(name)
        note(name, info)
    }

    /// Reports the objects below a prefix, perhaps as they were.
    ///
    /// - Throws: What the store underneath and `body` throw.
    public func list(
        _ prefix: String,
        _ body: (ObjectInfo) throws(Fault) -> Void
    ) async throws(Fault) {
        guard prefixes.contains(prefix) else { return try await store.list(prefix, body) }
        var infos = seen.withLock { $0[prefix] }
        if infos == nil {
            var found: [ObjectName: ObjectInfo] = [:]
            try await store.list(prefix) { found[$0.name] = $0 }
            infos = found
            seen.withLock { $0[prefix] = found }
        }
        for info in (infos ?? [:]).values.sorted(by: { $0.name < $1.name }) { try body(info) }
    }

    /// Removes an object.
    ///
    /// - Throws: What the store underneath throws.
    public func remove(_ name: ObjectName) async throws(Fault) {
        try await store.remove(name)
        note(name, nil)
    }

    private func note(_ name: ObjectName, _ info: ObjectInfo?) {
        seen.withLock { seen in
            for prefix in seen.keys where name.text.hasPrefix(prefix) { seen[prefix]?[name] = info }
        }
    }
}
