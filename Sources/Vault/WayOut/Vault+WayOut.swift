public import Model
internal import ObjectStorage

extension Vault {
    /// Puts this release's way out in the place of an earlier one's, and back where it is missing.
    ///
    /// Three reads, and a write or two for each file that is not the one of today. After a failure each file is whole: the
    /// one of today, the earlier one, or what was found.
    ///
    /// - Throws: `E-VAULT-DAMAGED` for a file that no release shipped, which stays; what the store throws.
    public func renewWayOut() async throws(Fault) {
        try checkWritable()
        for (file, bytes) in WayOut.files {
            let name = VaultName.wayOut(file)
            let present: [UInt8]
            do throws(Fault) {
                present = try await store.get(name.objectName, limit: Self.largestDocument)
                if !WayOut.isKnown(file, present) { try prove(present, to: name) }
            } catch  where error.code == .objectMissing {
                try await store.put(name.objectName, bytes)
                continue
            }
            if present != bytes { try await store.replace(name.objectName, with: bytes) }
        }
    }
}
