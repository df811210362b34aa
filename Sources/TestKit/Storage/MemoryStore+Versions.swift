public import Model
public import ObjectStorage
import Synchronization

// What a bucket with Object Lock and versions has beside objects.
extension MemoryStore {
    /// Protects an object from deletion.
    ///
    /// - Throws: `E-STORE-NOLOCK` for a store without locks, `E-STORE-MISSING`.
    public func keep(_ name: ObjectName, until time: Instant) async throws(Fault) {
        let fault = state.withLock { state -> Fault? in
            state.operations.append(StoreOperation(.keep, name.text))
            guard state.lock != nil else {
                return Fault(
                    .storeHasNoLocks,
                    "unable to protect object '\(name)' in 'memory': this store has no locks"
                )
            }
            guard let object = state[name] else { return Self.missing(name) }
            state.objects[name]?.lockedUntil = max(object.lockedUntil ?? time, time)
            return nil
        }
        if let fault { throw fault }
    }

    /// The versions of an object, the current one first; none where none are kept.
    public func versions(of name: ObjectName) async throws(Fault) -> [ObjectVersion] {
        state.withLock { state in
            state.operations.append(StoreOperation(.list, name.text))
            guard state.keepsVersions else { return [] }
            let all = [state.objects[name]].compactMap { $0 } + (state.older[name] ?? [])
            return all.enumerated().map { index, object in
                ObjectVersion(
                    id: object.version,
                    bytes: Int64(object.bytes.count),
                    modified: object.modified,
                    isCurrent: index == 0,
                    isDeletion: object.isDeletion
                )
            }
        }
    }

    /// Reports the objects that were deleted.
    ///
    /// - Throws: What `body` throws.
    public func listDeleted(_ body: (ObjectName) throws(Fault) -> Void) async throws(Fault) {
        let names = state.withLock { state in
            state.operations.append(StoreOperation(.list, ""))
            return state.objects.filter(\.value.isDeletion).keys.sorted()
        }
        for name in names { try body(name) }
    }

    /// Takes back the deletion of an object.
    public func undelete(_ name: ObjectName) async throws(Fault) -> Bool {
        state.withLock { state in
            state.operations.append(StoreOperation(.remove, name.text))
            guard state.objects[name]?.isDeletion == true else { return false }
            var older = (state.older[name] ?? [])[...]
            while older.first?.isDeletion == true { older.removeFirst() }
            state.objects[name] = older.popFirst()
            state.older[name] = Array(older)
            return state.objects[name] != nil
        }
    }

    /// Reads a part of a version.
    ///
    /// - Throws: `E-STORE-MISSING`.
    public func read(
        _ name: ObjectName,
        version: String,
        range: Range<Int64>
    ) async throws(Fault) -> [UInt8] {
        let bytes = state.withLock { state -> [UInt8]? in
            state.operations.append(StoreOperation(.read, name.text))
            let all = [state.objects[name]].compactMap { $0 } + (state.older[name] ?? [])
            return all.first { $0.version == version && !$0.isDeletion }?.bytes
        }
        guard let bytes else { throw Self.missing(name) }
        return Self.part(of: bytes, range)
    }

    /// Puts bytes in the place of an object.
    public func supersede(_ name: ObjectName, with bytes: [UInt8]) async throws(Fault) {
        state.withLock { state in
            state.operations.append(StoreOperation(.put, name.text, bytes: bytes.count))
            state.place(name, bytes, lockedUntil: state.lock.map { state.now + $0 })
        }
    }
}
