internal import Model
internal import ObjectStorage

extension Vault {
    /// Copies of one vault as one to read from, the best first; also gives the store that tells what was met.
    public static func united(_ copies: [Vault]) -> (vault: Vault, store: UnitedStore) {
        precondition(!copies.isEmpty, "something is united")
        let store = UnitedStore(copies)
        var enrolments: [Enrolment] = []
        for enrolment in copies.flatMap(\.enrolments)
        where !enrolments.contains(where: { $0.text == enrolment.text }) {
            enrolments.append(enrolment)
        }
        var vault = Vault(
            store: store,
            id: copies[0].id,
            environment: copies[0].environment,
            operatorKey: copies[0].operatorKey,
            enrolments: enrolments.sorted { ($0.host, $0.number) < ($1.host, $1.number) },
            revocations: copies[0].knowing(copies).revocations,
            refusedHosts: [],
            unknownWriteFeatures: copies.flatMap(\.unknownWriteFeatures),
            unknownCollectFeatures: copies.flatMap(\.unknownCollectFeatures)
        )
        vault.hasStrayHosts = copies.contains(where: \.hasStrayHosts)
        let known = Set(vault.hostDocuments.map(\.name))
        for copy in copies {
            vault.learn(from: copy)
            for (name, fault) in zip(copy.refusedNames, copy.refusedHosts)
            where !known.contains(name) {
                vault.refusedNames.append(name)
                vault.refusedHosts.append(fault)
            }
        }
        return (vault, store)
    }

    /// An object, read whole and proven, from whichever copy holds it whole.
    ///
    /// - Throws: `E-STORE-MISSING`, `E-VAULT-DAMAGED`, `E-VAULT-TRUST`, and what the store throws.
    func wholeObject(_ name: VaultName) async throws(Fault) -> [UInt8] {
        try await fromAnyCopy(name.objectName) { () async throws(Fault) in
            try await provenObject(name, in: store)
        }
    }

    /// Runs a step that reads one object; when it meets damage and another copy, or an older version, is whole, again with
    /// that.
    ///
    /// - Throws: what the step throws.
    func fromAnyCopy<Value>(
        _ name: ObjectName,
        _ step: () async throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        // Each copy, and an older version.
        var rest = (store as? UnitedStore).map { $0.count + 1 } ?? 1
        while true {
            do throws(Fault) {
                return try await step()
            } catch
                where error.code.disposition == .corrupt && error.code != .revoked
                && error.code != .misplaced
            {
                rest -= 1
                guard rest > 0, let store = store as? UnitedStore,
                    try await store.reconsider(name)
                else { throw error }
            }
        }
    }

    /// The length of an object that a listing showed: that of its older version, where one is read in its place.
    func length(of name: ObjectName, listed: Int64) -> Int64 {
        (store as? UnitedStore)?.olderLength(of: name) ?? listed
    }
}
