public import Model
public import ObjectStorage
public import Sealing

extension Vault {
    /// Refuses a store that holds a vault without its `format.json`: it is neither empty nor somebody else's.
    ///
    /// - Throws: `E-VAULT-FORMAT-LOST`, and what the store throws.
    static func refuseLostFormat(_ store: any ObjectStore) async throws(Fault) {
        for folder in ["hosts/", "packs/", "snapshots/"]
        where try await store.holdsObjects(below: folder) {
            throw Fault(
                .formatLost,
                "unable to open vault '\(store.address)': it has lost its format.json; its backups are still there",
                hints: [
                    "Copy format.json from another copy of this vault; it is the same in each.",
                    "Or write it again with the recovery kit: lifeboat key enrol --kit FILE",
                ]
            )
        }
    }

    /// Writes the lost `format.json` of a vault again; opens the vault.
    ///
    /// The document follows from the operator's key and the environment alone. It is written only when a host document or
    /// a snapshot in the store shows that the vault is this operator's.
    ///
    /// - Throws: `E-VAULT-TRUST` when nothing shows that the vault is this operator's, and what the store throws.
    public static func restoreFormat(
        in store: any ObjectStore,
        environment: String,
        operator key: SigningKey
    ) async throws(Fault) -> Vault {
        let bare = Vault(
            store: store,
            id: key.verifyKey.digest,
            environment: environment,
            operatorKey: key.verifyKey,
            enrolments: [],
            refusedHosts: [],
            unknownWriteFeatures: [],
            unknownCollectFeatures: []
        )
        let vault = try await bare.readingHosts()
        if vault.enrolments.isEmpty, try await vault.snapshots().snapshots.isEmpty {
            throw Fault(
                .untrusted,
                "unable to write the format.json of vault '\(store.address)' again: nothing in it is of vault \(vault.id.short)",
                hints: ["Take the recovery kit of this vault and environment."]
            )
        }
        return try await writeFormat(in: store, environment: environment, operator: key)
    }
}

extension ObjectStore {
    fileprivate func holdsObjects(below prefix: String) async throws(Fault) -> Bool {
        var isEmpty = true
        try await list(prefix) { _ in isEmpty = false }
        return !isEmpty
    }
}
