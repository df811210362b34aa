import ArgumentParser
import Console
import Model
import Recovery
import Sealing
import SystemPackage

/// The flags that seal the keys of a recovery kit with a passphrase.
struct NewPassphraseOption: ParsableArguments {
    @Flag(name: .long, help: "Seal the keys in the kit with a passphrase, which is asked for.")
    var passphrase = false
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Seal them with the passphrase in a file, or in an open descriptor: /dev/fd/3.",
            valueName: "FILE"
        )
    )
    var newPassphraseFile: String?

    /// The new passphrase; nil when the keys shall not be sealed.
    ///
    /// - Throws: `E-PASSPHRASE-NONE` when nobody can be asked, `E-KEY-FORM` when it is too short or
    ///   was typed in two ways, and what reading the file throws.
    func chosen(_ screen: Screen) throws(Fault) -> Passphrase? {
        guard passphrase || newPassphraseFile != nil else { return nil }
        let chosen: Passphrase
        if let newPassphraseFile {
            let source = try PassphraseSource(file: FilePath(newPassphraseFile))
            chosen = try source.passphrase(of: newPassphraseFile)
        } else {
            chosen = try ask(screen)
        }
        try chosen.checkLength()
        return chosen
    }

    private func ask(_ screen: Screen) throws(Fault) -> Passphrase {
        guard screen.hasPerson else {
            throw Fault(
                .passphraseMissing,
                "unable to seal the keys: nobody can be asked for a passphrase",
                hints: ["Name a file with it: --new-passphrase-file FILE"]
            )
        }
        let first = try Passphrase(line: try HiddenLine.ask("New passphrase: ") ?? [])
        let second = try Passphrase(line: try HiddenLine.ask("The same again: ") ?? [])
        guard first == second else {
            throw Fault(.invalidKey, "unable to take the new passphrase: the two are not the same")
        }
        return first
    }
}
