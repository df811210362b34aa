public import Model
public import ObjectStorage

// Several copies together are only read from.
extension UnitedStore {
    /// Refuses.
    ///
    /// - Throws: `E-STORE-DENIED`.
    public func put(_ name: ObjectName, _ bytes: [UInt8]) async throws(Fault) {
        throw readOnly(name)
    }

    /// Refuses.
    ///
    /// - Throws: `E-STORE-DENIED`.
    public func remove(_ name: ObjectName) async throws(Fault) { throw readOnly(name) }

    /// Refuses.
    ///
    /// - Throws: `E-STORE-DENIED`.
    public func supersede(_ name: ObjectName, with bytes: [UInt8]) async throws(Fault) {
        throw readOnly(name)
    }

    /// Refuses.
    ///
    /// - Throws: `E-STORE-DENIED`.
    public func keep(_ name: ObjectName, until time: Instant) async throws(Fault) {
        throw readOnly(name)
    }

    private func readOnly(_ name: ObjectName) -> Fault {
        Fault(
            .storeDenied,
            "unable to change object '\(name)': several copies together are only read from"
        )
    }
}
