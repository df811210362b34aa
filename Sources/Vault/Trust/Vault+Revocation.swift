public import Model
internal import ObjectStorage
public import Sealing

extension Vault {
    /// Whether the operator revoked a key of a host.
    ///
    /// A later enrolment says so too, and every head carries that along: should the revocation itself be lost, nothing that
    /// the key signed is trusted.
    public func isRevoked(_ key: VerifyKey, host: String) -> Bool {
        revokedKeys(of: host).contains(key)
    }

    /// The keys of a host that are revoked.
    func revokedKeys(of host: String) -> Set<VerifyKey> {
        var keys = heard.revoked(host)
        for revocation in revocations where revocation.host == host {
            keys.formUnion(revocation.keys)
        }
        for enrolment in enrolments where enrolment.host == host {
            keys.formUnion(enrolment.revoked)
        }
        return keys
    }

    /// Whether any key of any host is revoked.
    var knowsRevokedKeys: Bool {
        !revocations.isEmpty || (enrolments + heard.enrolments).contains { !$0.revoked.isEmpty }
    }

    /// Whether an enrolment calls a key revoked whose revocation is not there: nobody knows then what the key signed in good
    /// time.
    var lacksRevocation: Bool {
        (enrolments + heard.enrolments).contains { enrolment in
            enrolment.revoked.contains { revokedSince($0, host: enrolment.host) == nil }
        }
    }

    /// Whether a revocation is missed where something else lies under its name: no other copy has one of that name, and each
    /// revoked key of the host has its revocation here.
    func isCovered(_ name: VaultName, _ host: String) -> Bool {
        let here = revocations.filter { $0.host == host && !hearsay.contains($0.name) }
        let keys = revokedKeys(of: host)
        return !keys.isEmpty && keys.allSatisfy { key in here.contains { $0.keys.contains(key) } }
            && !revocations.contains { $0.name == name.objectName }
    }

    /// Whether an enrolment of a name is known, from `hosts/`, from heads or from another copy.
    func knows(_ name: VaultName) -> Bool {
        (enrolments + heard.enrolments).contains { $0.name == name.objectName }
    }

    /// Since when what a key of a host signs is not trusted; nil when it is not revoked, or when its revocation is lost.
    public func revokedSince(_ key: VerifyKey, host: String) -> Instant? {
        revocations.lazy.filter { $0.host == host && $0.keys.contains(key) }.map(\.since).min()
    }

    /// Whether an object does not count because a revoked key signed it.
    ///
    /// Of several revocations of a key the one with the earliest moment counts; those with the same add up.
    func refuses(_ key: VerifyKey, host: String, object: ObjectMark) -> Bool {
        guard !acceptsRevoked, isRevoked(key, host: host) else { return false }
        let since = revokedSince(key, host: host)
        return !revocations.contains {
            $0.host == host && $0.since == since && $0.keys.contains(key) && $0.lists(object)
        }
    }

    /// Whether what a head of this vault says does not count because a revoked key signed it.
    func refuses(_ id: SnapshotID, by key: String) -> Bool {
        VerifyKey(hexadecimal: key).map {
            refuses($0, host: id.stream.host, object: ObjectMark(id.objectName))
        } ?? false
    }

    /// Whether a snapshot is not trusted since a revoked key signed it.
    public func distrusts(_ snapshot: Snapshot) -> Bool {
        refuses(snapshot.id, by: snapshot.head.by)
    }

    /// The same vault, to read also what a revoked key signed: for a person who asks for it by name, and for looking at it.
    public var acceptingRevoked: Vault {
        var vault = self
        vault.acceptsRevoked = true
        return vault
    }

    /// The same vault, knowing also what other copies of it know of hosts and their keys.
    public func knowing(_ others: some Sequence<Vault>) -> Vault {
        var vault = self
        for other in others where other.id == id {
            for revocation in other.revocations
            where !vault.revocations.contains(where: { $0.name == revocation.name }) {
                vault.revocations.append(revocation)
                vault.hearsay.insert(revocation.name)
            }
            for enrolment in other.enrolments + other.heard.enrolments {
                vault.hear(enrolment.text, isCarried: false)
            }
        }
        return vault
    }

    /// Whether this copy itself holds all that is known of a host's revoked keys.
    public func holdsRevocations(of host: String) -> Bool {
        !revocations.contains { $0.host == host && hearsay.contains($0.name) }
    }

    /// Says that a host's keys do not count any more, and lists what of all that lies in some copies stays trusted.
    ///
    /// An object stays trusted when every one of the copies that holds it stored it before `moment`, by the copy's clock;
    /// without a moment everything that is there does. Nothing is written: each copy gets the result by ``store(_:)``.
    ///
    /// One listing a copy and moment. Memory: a mark for each snapshot, piece of log and document.
    ///
    /// - Parameters:
    ///   - host: the host.
    ///   - isAgain: whether to add to what was revoked before, rather than to revoke the keys that are not: what only a copy
    ///     holds that was away then, or an earlier moment.
    ///   - moment: since when the keys are in other hands; nil: from this moment on, or since when it was said to be before.
    ///   - copies: the copies that are there.
    ///   - key: the operator's key.
    ///   - time: now.
    /// - Returns: what each copy must be told; several when there are several moments, or many objects.
    /// - Throws: `E-KEY-OPERATOR` when `key` is not the operator's, `E-HOST-UNKNOWN` when the host has no such key, `E-VALUE`
    ///   when a revocation is lost and no moment is given, and what the stores throw.
    public func revocations(
        of host: String,
        again isAgain: Bool = false,
        since moment: Instant?,
        seenIn copies: [Vault],
        operator key: SigningKey,
        at time: Instant
    ) async throws(Fault) -> [Revocation] {
        guard key.verifyKey == operatorKey else {
            throw .notOperator(to: "revoke the keys of host '\(host)'")
        }
        try checkWritable()
        try await hearHeads(of: host)
        let keys = try keysToRevoke(of: host, again: isAgain)
        var groups: [Instant?: [VerifyKey]] = [:]
        for key in keys {
            let known = revokedSince(key, host: host)
            guard !isAgain || known != nil || moment != nil else { throw lostRevocation(of: host) }
            let since = [known, moment].compactMap(\.self).min()
            groups[since, default: []].append(key)
        }
        var revocations: [Revocation] = []
        for (since, keys) in groups {
            revocations += try signed(
                host,
                keys: keys.map(\.description).sorted(),
                since: since ?? time,
                trusted: try await Self.listed(host, in: copies, before: since),
                key,
                at: time
            )
        }
        return revocations
    }

    private func keysToRevoke(of host: String, again isAgain: Bool) throws(Fault) -> Set<VerifyKey>
    {
        let all = Set((enrolments + heard.enrolments).lazy.filter { $0.host == host }.map(\.key))
        let keys = all.filter { isRevoked($0, host: host) == isAgain }
        guard keys.isEmpty else { return keys }
        let known = Set(enrolments.map(\.host)).sorted().joined(separator: ", ")
        throw Fault(
            .hostUnknown,
            all.isEmpty
                ? "unable to revoke the keys of host '\(host)': no such host is enrolled"
                : "unable to revoke the keys of host '\(host)': \(isAgain ? "none" : "each") of them is revoked",
            hints: all.isEmpty
                ? ["Enrolled are: \(known)."]
                : isAgain
                    ? [] : ["To add what a copy holds that was away, or an earlier moment: --again"]
        )
    }

    private func lostRevocation(of host: String) -> Fault {
        Fault(
            .invalidValue,
            "unable to revoke a key of host '\(host)' again: its revocation is lost, and with it the moment",
            hints: ["Bring it back with `lifeboat copy`, or say since when: --since TIME"]
        )
    }

    private func signed(
        _ host: String,
        keys: [String],
        since: Instant,
        trusted: [String],
        _ key: SigningKey,
        at time: Instant
    ) throws(Fault) -> [Revocation] {
        var revocations: [Revocation] = []
        for start in stride(from: 0, to: max(trusted.count, 1), by: Revocation.largestList) {
            let end = min(start + Revocation.largestList, trusted.count)
            let document = RevocationDocument(
                vault: id,
                host: host,
                environment: environment,
                keys: keys,
                since: since,
                time: time,
                trusted: Array(trusted[start..<end])
            )
            let bytes = SignedDocument(document, key: key).bytes
            let text = String(decoding: bytes, as: UTF8.self)
            revocations.append(try Revocation(document, text: text, object: "hosts/\(host)"))
        }
        return revocations
    }

    /// Stores a revocation in this copy, durably when this returns; again with the same is success.
    ///
    /// - Throws: what the store throws.
    public func store(_ revocation: Revocation) async throws(Fault) {
        try await store.put(revocation.name, revocation.bytes)
    }

    /// What may be a host's of all that some copies hold, by their marks, ordered; only what all that hold it stored before a
    /// moment, if there is one.
    private static func listed(
        _ host: String,
        in copies: [Vault],
        before moment: Instant?
    ) async throws(Fault) -> [String] {
        var found: [ObjectMark: Bool] = [:]
        for copy in copies {
            for folder in ["snapshots/", "log/"]
                + DocumentFolder.allCases.map({ "\($0.rawValue)/" })
            {
                try await copy.store.list(folder) { info in
                    guard VaultName(info.name)?.mayBeSigned(by: host) == true else { return }
                    let isBefore = moment.map { info.modified < $0 } ?? true
                    let mark = ObjectMark(info.name)
                    found[mark] = found[mark, default: true] && isBefore
                }
            }
        }
        return found.filter(\.value).keys.map(\.text).sorted()
    }

    /// The revocation in a document that stands under the name of a host and its hash.
    func revocation(
        _ bytes: [UInt8],
        of host: String,
        short: String,
        object: String
    ) throws(Fault) -> Revocation {
        guard Hashing.sha256(bytes).short == short else {
            throw .damaged(object, "its bytes are not those that its name commits to")
        }
        let signed = try SignedDocument(parsing: bytes, object: object)
        let document = try JSONText.decode(RevocationDocument.self, signed.document, of: object)
        guard document.format == 1, document.type == "revocation" else {
            throw .damaged(object, "it is another document")
        }
        guard signed.by == operatorKey, document.vault == id, document.environment == environment
        else {
            throw Fault(
                .untrusted,
                "unable to trust '\(object)': the operator of this vault did not sign it",
                hints: ["It is forged; it is never used. See what is revoked: lifeboat key list"]
            )
        }
        guard document.host == host else {
            throw .misplaced(
                VaultName.revocation(host, short: short).objectName,
                own: .revocation(document.host, short: short)
            )
        }
        return try Revocation(
            document,
            text: String(decoding: bytes, as: UTF8.self),
            object: object
        )
    }
}

extension VaultName {
    /// Whether a host may have signed the object.
    ///
    /// The name of a document does not tell its host, so each may have.
    fileprivate func mayBeSigned(by host: String) -> Bool {
        switch self {
        case .snapshot(let stream, _, _), .log(let stream, _, _, _, _), .history(let stream, _, _):
            stream.host == host
        case .document: true
        case .wayOut, .format, .host, .revocation, .pack: false
        }
    }
}
