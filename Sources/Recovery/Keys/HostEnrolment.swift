public import Model
internal import Sealing
internal import StackConfiguration
internal import SystemIO
public import Vault

/// Enrols this host in its vault with the recovery kit: for a host that has lost its state, or a
/// new one.
public struct HostEnrolment: Sendable {
    private let stack: Stack

    /// Prepares an enrolment.
    public init(_ stack: Stack) { self.stack = stack }

    /// Makes new keys for this host and lets the operator's key vouch for them.
    ///
    /// Keys that are there are put aside under new names, not removed. The first backup afterwards
    /// stores everything once more. After failure before the enrolment the host keeps no keys;
    /// running it again goes on.
    ///
    /// - Parameters:
    ///   - kit: the recovery kit.
    ///   - passphrases: where its passphrase comes from, if it has one.
    ///   - keepsDataIdentity: whether this host keeps what opens its backups.
    ///   - keepsHostKeys: whether this host goes on with its keys, so that only the recipients of
    ///     the configuration are put in force.
    /// - Returns: the vault as it is afterwards in the first copy that is there, and why others do not know of the new keys
    ///   yet; the next backup tells them.
    /// - Throws: `E-KEYS-MISSING` when it shall go on with keys that are not there, `E-KEYS-REVOKED` when those are revoked,
    ///   `E-RECIPIENT-SHARED`, `E-KIT-FOREIGN`, `E-KEY-WRONG`, `E-ENVIRONMENT`, `E-VAULT-…`, `E-KEY-FORM`, `E-IO-…`.
    public func run(
        _ kit: RecoveryKit,
        passphrases: PassphraseSource,
        keepsDataIdentity: Bool,
        keepsHostKeys: Bool = false
    ) async throws(Fault) -> (vault: Vault, missing: [Fault]) {
        let kitKeys = try kit.openKeys(passphrases)
        let found = try await stack.findCopies(with: kit, kitKeys).required()
        let vaults = found.open.map(\.vault)
        guard let first = vaults.first else { preconditionFailure("a copy is there") }
        // Each copy may know of a revoked key what the first has lost.
        for other in vaults.dropFirst() { try await other.hearHeads(of: stack.configuration.host) }
        let vault = first.knowing(vaults)
        var recipients: [AgeRecipient] = []
        for text in stack.configuration.keys.recipients {
            recipients.append(try AgeRecipient(text))
        }
        guard recipients.contains(kitKeys.dataIdentity.recipient) else {
            throw Fault(
                .kitForeign,
                "unable to use the recovery kit: its data identity opens none of `keys.recipients`",
                hints: ["Take the kit of this environment, or mend `keys:`."]
            )
        }
        let memory = RecipientMemory(stack.configuration)
        if let fault = memory.fault() { throw fault }
        let folder = stack.keyFolder
        let now = stack.clock.now()
        let keys: HostKeys
        if keepsHostKeys {
            keys = try stack.hostKeys()
        } else {
            keys = HostKeys(newFor: stack.configuration.host)
            try folder.putAside("before-\(now.seconds)")
            try folder.create(keys, vault: kit.vault)
        }
        if keepsDataIdentity, try FileSystem.status(folder.dataIdentity) == nil {
            try folder.createDataIdentity(kitKeys.dataIdentity)
        }
        let host = stack.configuration.host
        let enrolled = try await vault.enrol(
            keys,
            recipients: recipients,
            operator: kitKeys.operatorKey,
            at: now,
            above: vaults.compactMap { $0.enrolment(of: host)?.number }.max() ?? 0
        )
        try memory.keep(enrolled)
        var missing = found.absent.map(\.fault)
        for other in vaults {
            do throws(Fault) {
                try await enrolled.tell(other, of: host)
            } catch { missing.append(error) }
        }
        return (enrolled, missing)
    }
}
