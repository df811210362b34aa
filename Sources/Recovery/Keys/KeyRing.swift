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

    /// Reads identity files and recovery kits; each may be a pipe.
    ///
    /// - Throws: `E-KEY-FORM` when a file holds no identity, `E-SECRET-EXPOSED`, `E-IO-PIPE`, `E-IO-…`;
    ///   `E-KIT-FOREIGN` when two kits are of different vaults.
    public init(files: [FilePath]) throws(Fault) {
        var identities: [AgeIdentity] = []
        var vault: Digest256?
        for file in files {
            let bytes = try SecretFile.readHandedOver(file)
            let text = String(decoding: bytes, as: UTF8.self)
            identities += try AgeIdentity.all(in: text, source: file.displayed)
            guard RecoveryKit.isKit(text) else { continue }
            let kit = try RecoveryKit(parsing: text, source: file.displayed)
            if let vault, vault != kit.vault {
                throw Fault(
                    .kitForeign,
                    "unable to use recovery kit '\(file.displayed)': it is of another vault than the one before"
                )
            }
            vault = kit.vault
        }
        self.identities = identities
        self.vault = vault
    }

    /// Reads the identity that the configuration refers to; empty when it refers to none.
    ///
    /// - Throws: what ``SecretResolver/text(_:)`` throws, `E-KEY-FORM`.
    public init(
        _ configuration: StackConfiguration,
        secrets: SecretResolver
    ) async throws(Fault) {
        vault = nil
        guard let reference = configuration.keys.identity else {
            identities = []
            return
        }
        identities = try AgeIdentity.all(
            in: try await secrets.text(reference),
            source: "keys.identity"
        )
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
