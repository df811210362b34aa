public import Model
public import ObjectStorage

extension Vault {
    /// Whether a store that has lost its `format.json`, or holds it damaged, is a copy of this vault: a host document in it is
    /// one that this vault's operator signed.
    ///
    /// - Throws: what the store throws.
    public func isRecognised(in store: any ObjectStore) async throws(Fault) -> Bool {
        var names: [VaultName] = []
        try await store.list("hosts/") { info in
            if let name = VaultName(info.name), case .host = name { names.append(name) }
        }
        for name in names {
            do throws(Fault) {
                _ = try await provenObject(name, in: store)
                return true
            } catch  where error.code.disposition == .corrupt || error.code == .objectMissing {
                continue
            }
        }
        return false
    }
}
