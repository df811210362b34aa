internal import Model
public import Sealing

/// The secret half of a recovery kit.
public struct KitKeys: Sendable {
    /// Enrols hosts.
    public let operatorKey: SigningKey
    /// Opens everything but secrets.
    public let dataIdentity: AgeIdentity
    /// Opens secrets.
    public let secretsIdentity: AgeIdentity

    /// Makes new keys from the system's randomness.
    public init() {
        operatorKey = SigningKey()
        dataIdentity = AgeIdentity()
        secretsIdentity = AgeIdentity()
    }

    /// Both identities.
    public var identities: [AgeIdentity] { [dataIdentity, secretsIdentity] }

    /// The keys as an age identity file: what is no identity is a comment.
    public var text: String {
        KitLines.commented(
            """
            Operator signing key: enrols hosts in the vault
            \(operatorLine)

            Data identity: opens everything but secrets; public key: \(dataIdentity.recipient)

            """
        ) + dataIdentity.secretText + "\n"
            + KitLines.commented(
                """

                Secrets identity: opens secrets; public key: \(secretsIdentity.recipient)

                """
            ) + secretsIdentity.secretText + "\n"
    }

    /// The same without its prose: what is sealed is short, for somebody may have to type it.
    var terseText: String {
        KitLines.commented(operatorLine + "\n") + dataIdentity.secretText + "\n"
            + secretsIdentity.secretText + "\n"
    }

    private var operatorLine: String {
        "operator-key: \(Hexadecimal.encode(operatorKey.secretBytes))"
    }

    /// Reads the keys in the lines of a kit, or in what its passphrase opens.
    init(_ lines: KitLines) throws(Fault) {
        guard let key = Hexadecimal.decode(try lines.value("operator-key")), key.count == 32 else {
            throw lines.malformed("one of its fields is damaged")
        }
        operatorKey = try SigningKey(secretBytes: key)
        let identities = lines.identities
        guard identities.count == 2 else { throw lines.malformed("an identity is missing") }
        dataIdentity = try AgeIdentity(secretText: identities[0])
        secretsIdentity = try AgeIdentity(secretText: identities[1])
    }
}
