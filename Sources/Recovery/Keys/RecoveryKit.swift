public import Model
internal import Sealing
internal import StackConfiguration
internal import Vault

/// What a person needs to start from an empty host: the keys, where the backups are, and the steps.
///
/// It is a text file, and, unless a passphrase protects it, an age identity file: every line but the
/// two identities is a comment, so that stock `age` takes it as it is. With a passphrase the keys
/// are an armoured age file between comments. The fields are comments of the form `# name: value`;
/// the configuration stands at its end, between two marks.
public struct RecoveryKit: Sendable {
    /// The secret half, as it lies in the kit.
    public enum Keys: Sendable {
        /// For everybody who has the kit.
        case open(KitKeys)
        /// An age file that a passphrase opens.
        case sealed([UInt8])
    }

    /// The stack.
    public let stack: String
    /// The environment; one kit for each.
    public let environment: String
    /// The host that the backups are filed under.
    public let host: String
    /// The vault's id.
    public let vault: Digest256
    /// Where the backups are, each `<name> <url>`.
    public let copies: [String]
    /// The keys.
    public let keys: Keys
    /// The version of the program that made it.
    public let program: String
    /// The SHA-256 of the `recover.py` that lies in the vault.
    public let wayOut: Digest256
    /// When it was made.
    public let made: Instant
    /// The text of the configuration; it holds no secret.
    public let configuration: String

    /// Puts a kit together.
    public init(
        stack: String,
        environment: String,
        host: String,
        vault: Digest256,
        copies: [String],
        keys: Keys,
        program: String,
        wayOut: Digest256,
        made: Instant,
        configuration: String
    ) {
        self.stack = stack
        self.environment = environment
        self.host = host
        self.vault = vault
        self.copies = copies
        self.keys = keys
        self.program = program
        self.wayOut = wayOut
        self.made = made
        self.configuration = configuration
    }

    /// The kit of a stack as this program makes it.
    ///
    /// - Parameters:
    ///   - stack: what is protected, and where its copies are.
    ///   - text: the text of that configuration.
    ///   - vault: the vault's id.
    ///   - keys: the keys, in the form in which they shall lie in it.
    ///   - time: now.
    init(
        _ stack: StackConfiguration,
        text: String,
        vault: Digest256,
        keys: Keys,
        at time: Instant
    ) {
        guard let program = WayOut.files.first(where: { $0.name == "recover.py" }) else {
            preconditionFailure("every vault carries recover.py")
        }
        self.init(
            stack: stack.stack,
            environment: stack.environment,
            host: stack.host,
            vault: vault,
            copies: stack.copies.map { "\($0.name) \($0.address)" },
            keys: keys,
            program: ProgramVersion.text,
            wayOut: Hashing.sha256(program.bytes),
            made: time,
            configuration: text
        )
    }

    /// Whether a passphrase is needed to use it.
    public var isSealed: Bool {
        if case .sealed = keys { true } else { false }
    }

    /// The keys, asking for the passphrase if there is one.
    ///
    /// - Throws: `E-KEY-WRONG` when the passphrase does not fit, `E-KIT-FORM` when the keys are not
    ///   of this kit's vault, `E-SEAL-BROKEN`, and what `source` throws.
    public func openKeys(_ source: PassphraseSource) throws(Fault) -> KitKeys {
        let name = "recovery kit of '\(stack)'"
        let keys: KitKeys
        switch self.keys {
        case .open(let open): keys = open
        case .sealed(let file):
            let plain = try AgeFile.open(file, with: try source.passphrase(of: name))
            keys = try KitKeys(
                KitLines(String(decoding: plain, as: UTF8.self), source: name)
            )
        }
        guard keys.operatorKey.verifyKey.digest == vault else {
            throw Fault(
                .kitForm,
                "unable to use the \(name): its operator key and its vault do not belong together"
            )
        }
        return keys
    }

    /// The same kit, its keys sealed with a passphrase.
    ///
    /// - Throws: `E-KEY-WORK` when there is not enough memory for it.
    func sealed(_ keys: KitKeys, with passphrase: Passphrase) throws(Fault) -> RecoveryKit {
        with(.sealed(try AgeFile.seal(Array(keys.terseText.utf8), with: passphrase)))
    }

    /// The same kit with its keys in another form.
    func with(_ keys: Keys) -> RecoveryKit {
        RecoveryKit(
            stack: stack,
            environment: environment,
            host: host,
            vault: vault,
            copies: copies,
            keys: keys,
            program: program,
            wayOut: wayOut,
            made: made,
            configuration: configuration
        )
    }
}
