internal import Model
internal import ObjectStorage

extension ObjectStore {
    /// Puts bytes that are proven in the place of an object that is not what it should be.
    ///
    /// A store that keeps versions keeps the bad one as an older version.
    ///
    /// - Throws: what the store throws; `E-VAULT-VANISHED` when the store does not hold
    ///   afterwards what it was given.
    func replace(_ name: ObjectName, with bytes: [UInt8]) async throws(Fault) {
        try await supersede(name, with: bytes)
        guard try await get(name, limit: bytes.count) == bytes else {
            throw Fault(
                .vanished,
                "unable to mend object '\(name)' in '\(address)': it is not what was stored a moment ago",
                hints: ["The disk may fail; look at the system's log."]
            )
        }
    }
}
