import ArgumentParser
import Console
import Model
import Recovery
import Sealing
import SystemPackage

/// The flag `--passphrase-file`, for what a passphrase protects.
struct PassphraseOption: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The file with the passphrase of a sealed kit or identity.",
            discussion: "An open descriptor will do: /dev/fd/3. Default: it is asked for.",
            valueName: "FILE"
        )
    )
    var passphraseFile: String?

    /// Where the passphrase comes from.
    ///
    /// - Throws: what reading the file throws.
    func source(_ screen: Screen) throws(Fault) -> PassphraseSource {
        if let passphraseFile { return try PassphraseSource(file: FilePath(passphraseFile)) }
        guard screen.hasPerson else { return .none }
        return PassphraseSource { (name: String) throws(Fault) in
            let line = try HiddenLine.ask("Passphrase of '\(Styled.visible(name))': ")
            return try Passphrase(line: line ?? [])
        }
    }
}
