public import Model
import Sealing
public import Vault

extension VaultFixture {
    /// Revokes the host's key in this copy and some others; gives the fixture as it is then.
    ///
    /// This value stays as it was: it is the thief's, who knows nothing of it.
    ///
    /// - Throws: What the store throws.
    public func revokingKey(
        again isAgain: Bool = false,
        since moment: Instant? = nil,
        in others: [Vault] = []
    ) async throws(Fault) -> VaultFixture {
        let copies = [vault] + others
        let revocations = try await vault.revocations(
            of: stream.host,
            again: isAgain,
            since: moment,
            seenIn: copies,
            operator: operatorKey,
            at: time
        )
        for copy in copies {
            for revocation in revocations { try await copy.store(revocation) }
        }
        return try await opened(in: vault.store)
    }

    /// Enrols the host with new keys; gives the fixture with them and with a state of its own.
    ///
    /// - Throws: What the store throws.
    public func withNewKeys() async throws(Fault) -> VaultFixture {
        var other = VaultFixture(movingTo: try ScratchFolder(), from: self)
        other.keys = HostKeys(newFor: stream.host)
        other.vault = try await vault.enrol(
            other.keys,
            recipients: [identity.recipient],
            operator: operatorKey,
            at: time
        )
        return other
    }
}
