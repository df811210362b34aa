public import Model
public import ObjectStorage
import Synchronization

/// A store in memory that remembers what it was asked, and can have locks and versions as a bucket does.
public final class MemoryStore: ObjectStore {
    /// Always `memory`.
    public let address = "memory"
    let state: Mutex<State>

    struct Object {
        var bytes: [UInt8]
        var modified: Instant
        var lockedUntil: Instant?
        /// What the version is called; only where versions are kept.
        var version = ""
        /// Whether it only says that the object was deleted.
        var isDeletion = false
    }

    struct State {
        var objects: [ObjectName: Object] = [:]
        /// What was in an object's place before, the newest first.
        var older: [ObjectName: [Object]] = [:]
        var operations: [StoreOperation] = []
        var locked: Set<ObjectName> = []
        var now: Instant
        /// For how long what is stored is locked; nil for a store without locks.
        var lock: Duration?
        var keepsVersions: Bool
        var lastVersion = 0

        /// What a read gets; nil when there is nothing, or it was deleted.
        subscript(name: ObjectName) -> Object? {
            objects[name].flatMap { $0.isDeletion ? nil : $0 }
        }

        /// Puts bytes in front, or a mark that the object was deleted.
        mutating func place(_ name: ObjectName, _ bytes: [UInt8]?, lockedUntil: Instant?) {
            guard keepsVersions else {
                let modified = objects[name]?.modified ?? now
                objects[name] = bytes.map {
                    Object(bytes: $0, modified: modified, lockedUntil: lockedUntil)
                }
                return
            }
            lastVersion += 1
            if let object = objects[name] { older[name, default: []].insert(object, at: 0) }
            objects[name] = Object(
                bytes: bytes ?? [],
                modified: now,
                lockedUntil: lockedUntil,
                version: "v\(lastVersion)",
                isDeletion: bytes == nil
            )
        }
    }

    /// Makes an empty store whose clock stands at some time.
    ///
    /// - Parameters:
    ///   - now: the time.
    ///   - lock: for how long what is stored is locked; nil for a store without locks.
    ///   - keepsVersions: whether it keeps what is tampered with, as older versions.
    public init(
        now: Instant = Instant(seconds: 1_700_000_000),
        lock: Duration? = nil,
        keepsVersions: Bool = false
    ) {
        state = Mutex(State(now: now, lock: lock, keepsVersions: keepsVersions))
    }

    /// Every call so far, oldest first.
    public var operations: [StoreOperation] { state.withLock { $0.operations } }

    /// Every object.
    public var contents: [ObjectName: [UInt8]] {
        state.withLock { $0.objects.filter { !$0.value.isDeletion }.mapValues(\.bytes) }
    }

    /// Until when each object that is locked cannot be deleted.
    public var locks: [ObjectName: Instant] {
        state.withLock { $0.objects.compactMapValues(\.lockedUntil) }
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
    ///
    /// Where versions are kept, what was there is an older one then.
    public func tamper(_ name: ObjectName, _ bytes: [UInt8]?) {
        state.withLock { $0.place(name, bytes, lockedUntil: nil) }
    }

    /// Protects some objects from deletion, and no others.
    public func lock(_ names: Set<ObjectName>) {
        state.withLock { $0.locked = names }
    }

    /// Changes for how long what is stored from now on is locked; nil for not at all.
    public func setLock(_ time: Duration?) {
        state.withLock { $0.lock = time }
    }

    /// The time of the store's clock.
    public var now: Instant { state.withLock { $0.now } }

    /// A store with the same objects and the same clock, which from now on goes its own way.
    public func copy() -> MemoryStore {
        let copy = MemoryStore()
        copy.become(self)
        return copy
    }

    /// Becomes what another store is now, without its history; from then on each goes its own way.
    public func become(_ other: MemoryStore) {
        var now = other.state.withLock { $0 }
        now.operations = []
        state.withLock { $0 = now }
    }

    /// When an object was stored; nil when there is none.
    public func modified(_ name: ObjectName) -> Instant? {
        state.withLock { $0[name]?.modified }
    }

    /// Stores an object.
    ///
    /// - Throws: `E-STORE-EXISTS`.
    public func put(_ name: ObjectName, _ bytes: [UInt8]) async throws(Fault) {
        let isRefused = state.withLock { state in
            state.operations.append(StoreOperation(.put, name.text, bytes: bytes.count))
            if let object = state[name] { return object.bytes != bytes }
            state.place(name, bytes, lockedUntil: state.lock.map { state.now + $0 })
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
        try found(.read, name) { Self.part(of: $0, range) }
    }

    /// What is known about an object; never throws.
    public func status(_ name: ObjectName) async throws(Fault) -> ObjectInfo? {
        state.withLock { state in
            state.operations.append(StoreOperation(.status, name.text))
            return state[name].map { object in
                ObjectInfo(
                    name: name,
                    bytes: Int64(object.bytes.count),
                    modified: object.modified,
                    lockedUntil: object.lockedUntil
                )
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
            return state.objects.compactMap { name, object in
                name.text.utf8.starts(with: start.utf8) && !object.isDeletion
                    ? ObjectInfo(
                        name: name,
                        bytes: Int64(object.bytes.count),
                        modified: object.modified
                    ) : nil
            }
        }
        for info in found.sorted(by: { $0.name < $1.name }) { try body(info) }
    }

    /// Removes an object with all its versions.
    ///
    /// - Throws: `E-STORE-LOCKED`.
    public func remove(_ name: ObjectName) async throws(Fault) {
        let isLocked = state.withLock { state in
            state.operations.append(StoreOperation(.remove, name.text))
            let all = [state.objects[name]].compactMap { $0 } + (state.older[name] ?? [])
            let now = state.now
            guard !state.locked.contains(name),
                all.allSatisfy({ ($0.lockedUntil ?? now) <= now })
            else { return true }
            state.objects[name] = nil
            state.older[name] = nil
            return false
        }
        guard isLocked else { return }
        throw Fault(
            .objectLocked,
            "unable to remove object '\(name)' in 'memory': it is protected from deletion"
        )
    }

    func found(
        _ kind: StoreOperation.Kind,
        _ name: ObjectName,
        _ take: ([UInt8]) -> [UInt8]
    ) throws(Fault) -> [UInt8] {
        let bytes = state.withLock { state in
            let bytes = state[name].map { take($0.bytes) }
            state.operations.append(StoreOperation(kind, name.text, bytes: bytes?.count ?? 0))
            return bytes
        }
        guard let bytes else { throw Self.missing(name) }
        return bytes
    }

    static func part(of bytes: [UInt8], _ range: Range<Int64>) -> [UInt8] {
        let part = range.clamped(to: 0..<Int64(bytes.count))
        return Array(bytes[Int(part.lowerBound)..<Int(part.upperBound)])
    }

    static func missing(_ name: ObjectName) -> Fault {
        Fault(.objectMissing, "unable to read object '\(name)' in 'memory': it is not there")
    }
}
