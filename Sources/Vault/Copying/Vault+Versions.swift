internal import Model
internal import ObjectStorage

// Where a store keeps versions, who overwrites or deletes an object only puts something in front of it.
extension Vault {
    /// How many versions of an object are looked at.
    private static let mostVersions = 16

    /// An older version of an object, read whole and proven; nil when the store keeps none that is whole.
    ///
    /// The oldest first: an object is stored once, so what came later is somebody else's. One request, and one for each version
    /// that is looked at. Memory: the object.
    ///
    /// - Throws: what the store throws.
    func olderVersion(
        of name: VaultName,
        in store: any ObjectStore
    ) async throws(Fault) -> (id: String, bytes: [UInt8])? {
        let object = name.objectName
        let versions = try await store.versions(of: object)
            .filter { !$0.isDeletion && !$0.isCurrent && $0.bytes <= Self.limit(of: name) }
        for version in versions.reversed().prefix(Self.mostVersions) {
            do throws(Fault) {
                let bytes = try await store.read(
                    object,
                    version: version.id,
                    range: 0..<version.bytes
                )
                try prove(bytes, to: name)
                return (version.id, bytes)
            } catch
                where error.code.disposition == .corrupt || error.code == .objectMissing
            { continue }
        }
        return nil
    }
}
