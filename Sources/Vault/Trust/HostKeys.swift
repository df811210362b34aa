internal import Model
public import Sealing

/// What a host needs to write to a vault.
///
/// Nothing here opens data.
public struct HostKeys: Sendable {
    /// The host's name, a label.
    public let host: String
    /// What ids and chunk boundaries are derived from.
    public let secret: HostSecret
    /// Signs heads.
    public let signing: SigningKey
    /// Opens the host's own manifests and directories.
    public let identity: AgeIdentity
    /// What chunks are cut by in each of a few vaults, once it was derived.
    private let gears = Recollection<Digest256, GearTable>(limit: 8)

    /// Makes new keys for a host.
    public init(newFor host: String) {
        self.init(host: host, secret: HostSecret(), signing: SigningKey(), identity: AgeIdentity())
    }

    /// Puts keys together that were kept.
    public init(host: String, secret: HostSecret, signing: SigningKey, identity: AgeIdentity) {
        precondition(StreamName.isLabel(host), "a host is named by a label")
        self.host = host
        self.secret = secret
        self.signing = signing
        self.identity = identity
    }

    /// What chunks of this host are cut by in a vault.
    func gear(for vault: Digest256) -> GearTable {
        if let gear = gears[vault] { return gear }
        let gear = GearTable(secret.hasher(for: .gear, vault: vault))
        gears.note(gear, for: vault)
        return gear
    }
}
