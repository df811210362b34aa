public import Model
public import Sealing

/// What a person needs to start from an empty host: the keys, where the backups are, and the steps.
///
/// It is a text file, and an age identity file: every line but the two identities is a comment, so
/// that stock `age` takes it as it is. The fields are comments of the form `# name: value`; the
/// configuration stands at its end, between two marks.
public struct RecoveryKit: Sendable {
    /// The stack.
    public let stack: String
    /// The environment; one kit for each.
    public let environment: String
    /// The host that made it.
    public let host: String
    /// The vault's id.
    public let vault: Digest256
    /// Where the backups are, each `<name> <url>`.
    public let copies: [String]
    /// Enrols hosts.
    public let operatorKey: SigningKey
    /// Opens everything but secrets.
    public let dataIdentity: AgeIdentity
    /// Opens secrets.
    public let secretsIdentity: AgeIdentity
    /// The version of the program that made it.
    public let program: String
    /// The SHA-256 of the `recover.py` that lies in the vault.
    public let wayOut: Digest256
    /// When it was made.
    public let made: Instant
    /// The text of the configuration; it holds no secret.
    public let configuration: String

    /// Both identities.
    public var identities: [AgeIdentity] { [dataIdentity, secretsIdentity] }

    /// Puts a kit together.
    public init(
        stack: String,
        environment: String,
        host: String,
        vault: Digest256,
        copies: [String],
        operatorKey: SigningKey,
        dataIdentity: AgeIdentity,
        secretsIdentity: AgeIdentity,
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
        self.operatorKey = operatorKey
        self.dataIdentity = dataIdentity
        self.secretsIdentity = secretsIdentity
        self.program = program
        self.wayOut = wayOut
        self.made = made
        self.configuration = configuration
    }
}
