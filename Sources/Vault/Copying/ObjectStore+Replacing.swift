internal import Model
internal import ObjectStorage

extension ObjectStore {
    /// Puts bytes that are proven in the place of an object that is not what it should be.
    ///
    /// Objects are never replaced, so the bad one is removed first: until the good one is stored the name is empty, as
    /// useless as before, and the copy that the bytes came from still holds them. A store that keeps versions keeps the
    /// bad one as an older version.
    ///
    /// - Throws: what the store throws; the name may then be empty. `E-VAULT-VANISHED` when the store does not hold
    ///   afterwards what it was given.
    func replace(_ name: ObjectName, with bytes: [UInt8]) async throws(Fault) {
        try await remove(name)
        try await put(name, bytes)
        guard try await get(name, limit: bytes.count) == bytes else {
            throw Fault(
                .vanished,
                "unable to mend object '\(name)' in '\(address)': it is not what was stored a moment ago",
                hints: ["The disk may fail; look at the system's log."]
            )
        }
    }
}
