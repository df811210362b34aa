public import Model
public import Sealing
internal import StackConfiguration
public import SystemPackage

/// Writes a recovery kit anew: the same keys, and everything else as it is now.
public struct KitRenewal: Sendable {
    /// How the keys lie in the new kit.
    public enum Protection: Sendable {
        /// As in the old one; a sealed one needs no passphrase for that.
        case asBefore
        /// Open.
        case none
        /// Sealed with a new passphrase.
        case passphrase(Passphrase)
    }

    private let stack: Stack

    /// Prepares a renewal.
    public init(_ stack: Stack) { self.stack = stack }

    /// Writes the kit.
    ///
    /// After failure there is no new file.
    ///
    /// - Parameters:
    ///   - old: a kit of this stack.
    ///   - text: the text of the configuration.
    ///   - passphrases: where the passphrase of the old kit comes from, if it is needed.
    ///   - protection: how the keys lie in the new one.
    ///   - form: text, or a page for printing.
    ///   - file: must not exist.
    /// - Returns: the new kit.
    /// - Throws: `E-KIT-FOREIGN` when the kit is of another stack, environment or vault, `E-KIT-PLACE`,
    ///   `E-KEY-WRONG`, `E-KEY-WORK`, what `passphrases` throws, `E-IO-EXISTS`, `E-IO-…`.
    public func run(
        _ old: RecoveryKit,
        text: String,
        passphrases: PassphraseSource,
        protection: Protection,
        as form: RecoveryKit.Form,
        to file: FilePath
    ) throws(Fault) -> RecoveryKit {
        let configuration = stack.configuration
        guard old.stack == configuration.stack, old.environment == configuration.environment else {
            throw Fault(
                .kitForeign,
                "unable to use the recovery kit: it is of '\(old.stack)' (\(old.environment)), the configuration of '\(configuration.stack)' (\(configuration.environment))",
                hints: ["Take the kit of this environment."]
            )
        }
        if let remembered = try stack.keyFolder.vaultID(), remembered != old.vault {
            throw Fault(
                .kitForeign,
                "unable to use the recovery kit: it is of vault \(old.vault.short), this host writes to \(remembered.short)",
                hints: ["Take the kit of this environment."]
            )
        }
        guard try KitPlacement(kit: file).leavingOut(of: configuration) == configuration else {
            throw RecoveryKit.place(file, "it would be backed up with what it opens")
        }
        var kit = RecoveryKit(
            configuration,
            text: text,
            vault: old.vault,
            keys: old.keys,
            at: stack.clock.now()
        )
        switch protection {
        case .asBefore: break
        case .none: kit = kit.with(.open(try old.openKeys(passphrases)))
        case .passphrase(let passphrase):
            kit = try kit.sealed(try old.openKeys(passphrases), with: passphrase)
        }
        try kit.write(as: form, to: file, awayFrom: configuration)
        return kit
    }
}
