public import Model
public import Sealing
public import StackConfiguration
internal import SystemIO
public import SystemPackage

/// What opens backups: identities from files that a person names, or from where the configuration
/// says.
public struct KeyRing: Sendable {
    /// The identities, in the order in which they are tried.
    public let identities: [AgeIdentity]
    /// The vault that the recovery kits among the files are for; nil when no kit is among them.
    public let vault: Digest256?

    /// Reads identity files and recovery kits, each of which may be a pipe; those that a passphrase protects are opened with it.
    ///
    /// - Throws: `E-KEY-FORM` when a file holds no identity, `E-KEY-WRONG` when the passphrase does
    ///   not fit, `E-SECRET-EXPOSED`, `E-IO-PIPE`, `E-IO-…`, what `passphrases` throws; `E-KIT-FOREIGN` when two
    ///   kits are of different vaults.
    public init(files: [FilePath], passphrases: PassphraseSource) throws(Fault) {
        var identities: [AgeIdentity] = []
        var vault: Digest256?
        for file in files {
            let bytes = try SecretFile.readHandedOver(file)
            let text = String(decoding: bytes, as: UTF8.self)
            guard RecoveryKit.isKit(text) else {
                identities += try Self.identities(bytes, source: file.displayed, passphrases)
                continue
            }
            let kit = try RecoveryKit(parsing: text, source: file.displayed)
            if let vault, vault != kit.vault {
                throw Fault(
                    .kitForeign,
                    "unable to use recovery kit '\(file.displayed)': it is of another vault than the one before"
                )
            }
            identities += try kit.openKeys(passphrases).identities
            vault = kit.vault
        }
        self.identities = identities
        self.vault = vault
    }

    /// Reads the identity that the configuration refers to; empty when it refers to none.
    ///
    /// - Throws: what ``SecretResolver/text(_:)`` and `passphrases` throw, `E-KEY-FORM`,
    ///   `E-KEY-WRONG`.
    public init(
        _ configuration: StackConfiguration,
        secrets: SecretResolver,
        passphrases: PassphraseSource
    ) async throws(Fault) {
        vault = nil
        guard let reference = configuration.keys.identity else {
            identities = []
            return
        }
        identities = try Self.identities(
            Array(try await secrets.text(reference).utf8),
            source: "keys.identity",
            passphrases
        )
    }

    /// The identities in a file: as text, or as an age file that a passphrase opens (`age -p`),
    /// armoured or not.
    private static func identities(
        _ bytes: [UInt8],
        source: String,
        _ passphrases: PassphraseSource
    ) throws(Fault) -> [AgeIdentity] {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let file = AgeFile.isAgeFile(bytes) ? bytes : try AgeArmor.find(in: text) else {
            return try AgeIdentity.all(in: text, source: source)
        }
        let plain = try AgeFile.open(file, with: try passphrases.passphrase(of: source))
        return try AgeIdentity.all(in: String(decoding: plain, as: UTF8.self), source: source)
    }

    /// The identities, refusing when there are none.
    ///
    /// - Throws: `E-KEY-NONE`.
    public func required(to purpose: String) throws(Fault) -> [AgeIdentity] {
        guard identities.isEmpty else { return identities }
        throw Fault(
            .identityMissing,
            "unable to \(purpose): nothing that opens the data is at hand",
            hints: [
                "Name the recovery kit, or another file with an identity: --identity FILE",
                "Or let this host open its own backups: `keys: {identity: {file: PATH}}`.",
            ]
        )
    }
}
