import Model
import Sealing
import Vault

/// Every key of a golden vault, so that it can be read, checked and written to for ever.
///
/// They protect nothing: the vault's content is made up.
struct GoldenKeys: Codable {
    let operatorKey: String
    let identity: String
    let host: String
    let hostSecret: String
    let hostSigning: String
    let hostIdentity: String

    /// Writes keys down.
    init(operator key: SigningKey, identity: AgeIdentity, host keys: HostKeys) {
        operatorKey = Hexadecimal.encode(key.secretBytes)
        self.identity = identity.secretText
        host = keys.host
        hostSecret = Hexadecimal.encode(keys.secret.bytes)
        hostSigning = Hexadecimal.encode(keys.signing.secretBytes)
        hostIdentity = keys.identity.secretText
    }

    /// The keys of the host.
    func hostKeys() throws -> HostKeys {
        HostKeys(
            host: host,
            secret: try HostSecret(bytes: Hexadecimal.decode(hostSecret) ?? []),
            signing: try SigningKey(secretBytes: Hexadecimal.decode(hostSigning) ?? []),
            identity: try AgeIdentity(secretText: hostIdentity)
        )
    }

    /// The key of the operator.
    func operatorSigningKey() throws -> SigningKey {
        try SigningKey(secretBytes: Hexadecimal.decode(operatorKey) ?? [])
    }
}
