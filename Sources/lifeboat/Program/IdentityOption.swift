import ArgumentParser
import Model
import Recovery
import SystemPackage

/// The flag `--identity`, which every verb that opens data has.
struct IdentityOption: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A file that opens the data: a recovery kit or an age identity. Repeatable.",
            discussion: "Default: what `keys: {identity: …}` of the configuration refers to.",
            valueName: "FILE"
        )
    )
    var identity: [String] = []
    @OptionGroup var passphrase: PassphraseOption

    /// What opens the data.
    ///
    /// - Throws: what reading files and resolving the configuration's reference throw.
    func keyRing(_ stack: Stack, _ screen: Screen) async throws(Fault) -> KeyRing {
        let passphrases = try passphrase.source(screen)
        guard identity.isEmpty else {
            return try KeyRing(files: identity.map { FilePath($0) }, passphrases: passphrases)
        }
        return try await KeyRing(
            stack.configuration,
            secrets: stack.secrets,
            passphrases: passphrases
        )
    }
}
