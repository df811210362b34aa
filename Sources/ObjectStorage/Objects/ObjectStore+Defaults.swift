public import Model

// What a store does that has no locks, no versions, no cold storage and no leftovers. A ``StoreDecorator`` hands the
// calls on instead.
extension ObjectStore {
    /// Reports nothing: the store can hold nothing but objects.
    public func listOddities(_ body: (StoreOddity) throws(Fault) -> Void) async throws(Fault) {}

    /// Refuses.
    ///
    /// - Throws: `E-STORE-NOLOCK`, always.
    public func keep(_ name: ObjectName, until time: Instant) async throws(Fault) {
        throw Fault(
            .storeHasNoLocks,
            "unable to protect object '\(name)' in '\(address)': this store has no locks",
            hints: ["Give `lock:` to a copy in an S3 bucket that was made with Object Lock."]
        )
    }

    /// None.
    public func versions(of name: ObjectName) async throws(Fault) -> [ObjectVersion] { [] }

    /// Refuses: there are no versions.
    ///
    /// - Throws: `E-STORE-MISSING`, always.
    public func read(
        _ name: ObjectName,
        version: String,
        range: Range<Int64>
    ) async throws(Fault) -> [UInt8] {
        throw Fault(
            .objectMissing,
            "unable to read version '\(version)' of object '\(name)' in '\(address)': this store keeps none"
        )
    }

    /// Reports nothing: there are no versions.
    public func listDeleted(_ body: (ObjectName) throws(Fault) -> Void) async throws(Fault) {}

    /// There is none to take back.
    public func undelete(_ name: ObjectName) async throws(Fault) -> Bool { false }

    /// Tells that it can be read as it is.
    public func thaw(
        _ name: ObjectName,
        days: Int,
        isUrgent: Bool
    ) async throws(Fault) -> ObjectThaw { .notNeeded }

    /// There are none.
    public func removeLeftovers(olderThan age: Duration) async throws(Fault) -> Int { 0 }
}
