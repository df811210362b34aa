public import Model
public import Sealing
internal import SystemIO
public import SystemPackage

/// Where a passphrase comes from when something turns out to need one.
///
/// Never from the command line, where every user of the host could read it, and not from the
/// environment, which programs hand on.
public struct PassphraseSource: Sendable {
    private let ask: @Sendable (String) throws(Fault) -> Passphrase

    /// A source that is asked, with the name of what it opens.
    public init(_ ask: @escaping @Sendable (String) throws(Fault) -> Passphrase) { self.ask = ask }

    /// A passphrase that is known already.
    public init(_ passphrase: Passphrase) {
        ask = { (_: String) throws(Fault) in passphrase }
    }

    /// Nobody who could be asked.
    public static let none = PassphraseSource { (name: String) throws(Fault) in
        throw Fault(
            .passphraseMissing,
            "unable to open '\(name)': it is sealed with a passphrase, and nobody can be asked",
            hints: ["Name a file with the passphrase: --passphrase-file FILE"]
        )
    }

    /// The one line of a file that only its owner can read, or of a pipe or an open descriptor (`/dev/fd/3`).
    ///
    /// - Throws: `E-SECRET-EXPOSED`, `E-KEY-FORM`, `E-IO-PIPE`, `E-IO-…`.
    public init(file: FilePath) throws(Fault) {
        self.init(try Passphrase(line: try SecretFile.readHandedOver(file)))
    }

    /// The passphrase of something.
    ///
    /// - Throws: `E-PASSPHRASE-NONE` when nobody can be asked, and what asking throws.
    public func passphrase(of name: String) throws(Fault) -> Passphrase { try ask(name) }
}
