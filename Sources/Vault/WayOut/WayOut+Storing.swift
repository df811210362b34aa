internal import Model
internal import ObjectStorage

extension WayOut {
    /// Stores the files where a vault is about to be made; an interrupted earlier release may have begun to.
    ///
    /// - Throws: `E-STORE-EXISTS` when something else is there under one of their names; what the store throws.
    static func put(in store: any ObjectStore) async throws(Fault) {
        for (file, bytes) in files {
            let name = VaultName.wayOut(file).objectName
            do throws(Fault) {
                try await store.put(name, bytes)
            } catch  where error.code == .objectExists {
                guard isKnown(file, try await store.get(name, limit: Vault.largestDocument)) else {
                    throw error
                }
                try await store.replace(name, with: bytes)
            }
        }
    }
}
