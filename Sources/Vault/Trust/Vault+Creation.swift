public import Model
public import ObjectStorage
public import Sealing

extension Vault {
    /// Makes a vault in an empty store: the way out, then its signed identity.
    ///
    /// After success the vault has no host yet. After failure the store may hold some of the way out; it is no vault.
    ///
    /// - Throws: `E-VAULT-EXISTS` when there is one already, `E-VAULT-FORMAT-LOST` when there is one that lost its identity,
    ///   and what the store throws.
    public static func create(
        in store: any ObjectStore,
        environment: String,
        operator key: SigningKey
    ) async throws(Fault) -> Vault {
        guard try await store.status(VaultName.format.objectName) == nil else {
            throw Fault(
                .vaultExists,
                "unable to create vault '\(store.address)': there is one already",
                hints: [
                    "Enrol this host in it with `lifeboat key enrol`, or choose another address."
                ]
            )
        }
        try await refuseLostFormat(store)
        try await WayOut.put(in: store)
        return try await writeFormat(in: store, environment: environment, operator: key)
    }

    static func writeFormat(
        in store: any ObjectStore,
        environment: String,
        operator key: SigningKey
    ) async throws(Fault) -> Vault {
        let document = FormatDocument(
            vault: key.verifyKey.digest,
            operator: key.verifyKey.description,
            environment: environment
        )
        try await store.put(VaultName.format.objectName, SignedDocument(document, key: key).bytes)
        return try await open(store, expecting: key.verifyKey.digest)
    }

    /// Lets a host write to the vault, or changes its keys or recipients; tells the vault as it is then.
    ///
    /// `floor` is the highest number that another copy holds for the host.
    ///
    /// - Throws: `E-KEY-OPERATOR` when `key` is not the operator's, and what the store throws.
    public func enrol(
        _ keys: HostKeys,
        recipients: [AgeRecipient],
        operator key: SigningKey,
        at time: Instant,
        above floor: Int = 0
    ) async throws(Fault) -> Vault {
        guard key.verifyKey == operatorKey else {
            throw .notOperator(to: "enrol host '\(keys.host)'")
        }
        try checkWritable()
        // What `hosts/` lost, and with it which keys are revoked, must not be lost for good.
        try await hearHeads(of: keys.host)
        guard !isRevoked(keys.signing.verifyKey, host: keys.host) else {
            throw .revokedKey(of: keys.host, to: "enrol host '\(keys.host)' with its old keys")
        }
        let number = try await nextNumber(of: keys.host, above: floor)
        let revoked = revokedKeys(of: keys.host)
        let document = HostDocument(
            vault: id,
            host: keys.host,
            number: number,
            environment: environment,
            key: keys.signing.verifyKey.description,
            recipient: keys.identity.recipient.text,
            recipients: recipients.map(\.text),
            revoked: revoked.isEmpty ? nil : revoked.map(\.description).sorted(),
            time: time
        )
        try await store.put(
            VaultName.host(keys.host, number: number).objectName,
            SignedDocument(document, key: key).bytes
        )
        return try await Vault.open(store, expecting: id).knowing([self])
    }

    /// Lets another copy of this vault know of the newest enrolment of a host, if there is one, and of revoked keys.
    ///
    /// - Throws: what the other copy's store throws.
    public func tell(_ other: Vault, of host: String) async throws(Fault) {
        precondition(other.id == id, "both are copies of one vault")
        for revocation in revocations where revocation.host == host {
            try await other.store(revocation)
        }
        guard let enrolment = enrolment(of: host) else { return }
        try await other.store.put(enrolment.name, enrolment.bytes)
    }

    /// The number after the highest of a host that the operator signed, past names that are taken, whether or not the document
    /// there can be used.
    ///
    /// Anybody can store a name, so one further above neither uses the six digits up nor leaves a hole.
    private func nextNumber(of host: String, above floor: Int) async throws(Fault) -> Int {
        let numbers = (enrolments + heard.enrolments).lazy.filter { $0.host == host }.map(\.number)
        let known = min(max(floor, numbers.max() ?? 0), 999_999)
        var taken: Set<Int> = []
        try await store.list("hosts/\(host)/") { info in
            if case .host(_, let number) = VaultName(info.name) { taken.insert(number) }
        }
        guard let next = (known + 1..<1_000_000).first(where: { !taken.contains($0) }) else {
            throw .numbersUsedUp(in: "hosts/\(host)")
        }
        return next
    }
}
