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

    /// Puts back the `format.json` that somebody overwrote or deleted, from an older version that the store keeps.
    ///
    /// It proves itself: its hash is the vault's id.
    ///
    /// - Returns: whether there was one, and it is in front now.
    /// - Throws: what the store throws.
    public static func bringBackFormat(
        in store: any ObjectStore,
        of id: Digest256
    ) async throws(Fault) -> Bool {
        let name = VaultName.format
        for version in try await store.versions(of: name.objectName).reversed()
        where !version.isDeletion && !version.isCurrent && version.bytes <= 1 << 20 {
            do throws(Fault) {
                let bytes = try await store.read(
                    name.objectName,
                    version: version.id,
                    range: 0..<version.bytes
                )
                let document = try SignedDocument(parsing: bytes, object: "\(name.objectName)")
                let (format, _) = try verified(document, object: "\(name.objectName)")
                guard format.vault == id else { continue }
                try await store.replace(name.objectName, with: bytes)
                return true
            } catch
                where error.code.disposition == .corrupt || error.code == .objectMissing
            { continue }
        }
        return false
    }

    /// Writes the lost `format.json` of a vault again; opens the vault.
    ///
    /// The document follows from the operator's key and the environment alone. It is written only when a host document or
    /// a snapshot in the store shows that the vault is this operator's.
    ///
    /// - Throws: `E-KEY-OPERATOR` when nothing shows that the vault is this operator's, and what the store throws.
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
                .notOperator,
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
