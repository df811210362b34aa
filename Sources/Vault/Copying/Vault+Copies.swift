public import Model
public import ObjectStorage

extension Vault {
    /// This vault as another store holds it.
    ///
    /// - Throws: `E-COPY-FOREIGN` when another one is there, and what else ``open(_:expecting:)`` throws.
    public func copy(in store: any ObjectStore) async throws(Fault) -> Vault {
        try await Vault.open(store, expecting: id)
    }

    /// Makes an empty store a copy of this vault, which has no snapshots yet; a copy that is there already stays as it is.
    ///
    /// The way out and the hosts come first, `format.json` last: it is what makes a store a vault. After a failure the
    /// same call goes on.
    ///
    /// - Throws: `E-COPY-FOREIGN` when something else is there; nothing has changed then. What the stores throw.
    public func makeCopy(in store: any ObjectStore) async throws(Fault) -> Vault {
        let format = VaultName.format
        guard try await store.status(format.objectName) == nil else {
            return try await copy(in: store)
        }
        try await store.list("") { info throws(Fault) in
            switch VaultName(info.name) {
            case .wayOut, .host, .revocation: return
            default: throw somethingElse(info.name, store)
            }
        }
        let document = try await provenObject(format, in: self.store)
        do throws(Fault) {
            try await WayOut.put(in: store)
            for document in hostDocuments { try await store.put(document.name, document.bytes) }
            try await store.put(format.objectName, document)
        } catch  where error.code == .objectExists {
            throw Fault(
                .copyForeign,
                "unable to make '\(store.address)' a copy of vault \(id.short): a file of another vault is there",
                hints: ["Name an empty place for the copy."],
                cause: error
            )
        }
        return try await copy(in: store)
    }

    private func somethingElse(_ name: ObjectName, _ store: any ObjectStore) -> Fault {
        Fault(
            .copyForeign,
            "unable to make '\(store.address)' a copy of vault \(id.short): there is '\(name)', and it is no vault",
            hints: [
                "Name an empty place for the copy.",
                "If it is a copy that lost its format.json, mend it: lifeboat check --repair",
            ]
        )
    }
}

extension Vault {
    /// What lies under `hosts/` and can be trusted: enrolments and revocations.
    var hostDocuments: [(name: ObjectName, bytes: [UInt8])] {
        enrolments.map { ($0.name, $0.bytes) } + revocations.map { ($0.name, $0.bytes) }
    }
}

extension Enrolment {
    /// The name of the document in every copy.
    var name: ObjectName { VaultName.host(host, number: number).objectName }

    /// The document as it is stored.
    var bytes: [UInt8] { Array(text.utf8) }
}

extension Vault {
    /// Asks for a readable copy of a pack that lies in cold storage, and tells how far it is.
    ///
    /// - Throws: as ``ObjectStore/thaw(_:days:isUrgent:)``.
    public func thaw(
        _ pack: PackReference,
        days: Int,
        isUrgent: Bool
    ) async throws(Fault) -> ObjectThaw {
        try await store.thaw(VaultName.pack(pack.id).objectName, days: days, isUrgent: isUrgent)
    }
}
