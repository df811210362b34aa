public import Model
public import ObjectStorage
import Synchronization

/// A store in memory that remembers what it was asked.
public final class MemoryStore: ObjectStore {
    /// Always `memory`.
    public let address = "memory"
    private let state: Mutex<State>

    private struct Object {
        var bytes: [UInt8]
        var modified: Instant
    }

    private struct State {
        var objects: [ObjectName: Object] = [:]
        var operations: [StoreOperation] = []
        var locked: Set<ObjectName> = []
        var now: Instant
    }

    /// Makes an empty store whose clock stands at some time.
    public init(now: Instant = Instant(seconds: 1_700_000_000)) {
        state = Mutex(State(now: now))
    }

    /// Every call so far, oldest first.
    public var operations: [StoreOperation] { state.withLock { $0.operations } }

    /// Every object.
    public var contents: [ObjectName: [UInt8]] {
        state.withLock { $0.objects.mapValues(\.bytes) }
    }

    /// Moves the store's clock.
    public func advance(by time: Duration) {
        state.withLock { $0.now = $0.now + time }
    }

    /// Forgets the calls so far.
    public func forgetOperations() {
        state.withLock { $0.operations = [] }
    }

    /// Puts any bytes in an object's place, or takes it away, behind the back of whoever uses the store.
    public func tamper(_ name: ObjectName, _ bytes: [UInt8]?) {
        state.withLock { state in
            let modified = state.objects[name]?.modified ?? state.now
            state.objects[name] = bytes.map { Object(bytes: $0, modified: modified) }
        }
    }

    /// Protects some objects from deletion, and no others.
    public func lock(_ names: Set<ObjectName>) {
        state.withLock { $0.locked = names }
    }

    /// The time of the store's clock.
    public var now: Instant { state.withLock { $0.now } }

    /// A store with the same objects and the same clock, which from now on goes its own way.
    public func copy() -> MemoryStore {
        let copy = MemoryStore()
        let (objects, locked, now) = state.withLock { ($0.objects, $0.locked, $0.now) }
        copy.state.withLock { state in
            state.objects = objects
            state.locked = locked
            state.now = now
        }
        return copy
    }

    /// Stores an object.
    ///
    /// - Throws: `E-STORE-EXISTS`.
    public func put(_ name: ObjectName, _ bytes: [UInt8]) async throws(Fault) {
        let isRefused = state.withLock { state in
            state.operations.append(StoreOperation(.put, name.text, bytes: bytes.count))
            if let object = state.objects[name] { return object.bytes != bytes }
            state.objects[name] = Object(bytes: bytes, modified: state.now)
            return false
        }
        guard isRefused else { return }
        throw Fault(
            .objectExists,
            "unable to store object '\(name)' in 'memory': it is there already and holds other bytes"
        )
    }

    /// Reads an object.
    ///
    /// - Throws: `E-STORE-MISSING`, `E-STORE-LARGE`.
    public func get(_ name: ObjectName, limit: Int) async throws(Fault) -> [UInt8] {
        let bytes = try found(.get, name) { $0 }
        guard bytes.count <= limit else {
            throw Fault(
                .objectTooLarge,
                "unable to read object '\(name)' in 'memory': it is larger than \(limit) bytes"
            )
        }
        return bytes
    }

    /// Reads a part of an object.
    ///
    /// - Throws: `E-STORE-MISSING`.
    public func read(_ name: ObjectName, range: Range<Int64>) async throws(Fault) -> [UInt8] {
        try found(.read, name) { bytes in
            let part = range.clamped(to: 0..<Int64(bytes.count))
            return Array(bytes[Int(part.lowerBound)..<Int(part.upperBound)])
        }
    }

    /// What is known about an object; never throws.
    public func status(_ name: ObjectName) async throws(Fault) -> ObjectInfo? {
        state.withLock { state in
            state.operations.append(StoreOperation(.status, name.text))
            return state.objects[name].map { object in
                ObjectInfo(name: name, bytes: Int64(object.bytes.count), modified: object.modified)
            }
        }
    }

    /// Reports every object below a prefix, as they were when the call came.
    ///
    /// - Throws: `E-VALUE`, and what `body` throws.
    public func list(
        _ prefix: String,
        _ body: (ObjectInfo) throws(Fault) -> Void
    ) async throws(Fault) {
        let start = try ObjectPrefix.labels(prefix).map { "\($0)/" }.joined()
        let found = state.withLock { state in
            state.operations.append(StoreOperation(.list, prefix))
            return state.objects.filter { $0.key.text.hasPrefix(start) }
                .map { name, object in
                    ObjectInfo(
                        name: name,
                        bytes: Int64(object.bytes.count),
                        modified: object.modified
                    )
                }
        }
        for info in found.sorted(by: { $0.name < $1.name }) { try body(info) }
    }

    /// Removes an object.
    ///
    /// - Throws: `E-STORE-LOCKED`.
    public func remove(_ name: ObjectName) async throws(Fault) {
        let isLocked = state.withLock { state in
            state.operations.append(StoreOperation(.remove, name.text))
            guard !state.locked.contains(name) else { return true }
            state.objects[name] = nil
            return false
        }
        guard isLocked else { return }
        throw Fault(
            .objectLocked,
            "unable to remove object '\(name)' in 'memory': it is protected from deletion"
        )
    }

    private func found(
        _ kind: StoreOperation.Kind,
        _ name: ObjectName,
        _ take: ([UInt8]) -> [UInt8]
    ) throws(Fault) -> [UInt8] {
        let bytes = state.withLock { state in
            let bytes = state.objects[name].map { take($0.bytes) }
            state.operations.append(StoreOperation(kind, name.text, bytes: bytes?.count ?? 0))
            return bytes
        }
        guard let bytes else {
            throw Fault(
                .objectMissing,
                "unable to read object '\(name)' in 'memory': it is not there"
            )
        }
        return bytes
    }
}
