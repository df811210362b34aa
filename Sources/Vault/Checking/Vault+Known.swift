public import Model
internal import ObjectStorage

extension Vault {
    /// The snapshots that this copy holds, and those that it gave up: what another copy may lack without a loss.
    ///
    /// By their names: one listing, and one read for each document of collections.
    ///
    /// - Throws: what the store throws.
    public func knownSnapshots() async throws(Fault) -> [SnapshotID] {
        let held = try await snapshotNames(of: nil).map(\.id)
        return held + (try await deletedNames()).compactMap { SnapshotID($0) }
    }
}
