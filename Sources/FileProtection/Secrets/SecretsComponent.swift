internal import FileTrees
public import Model
public import Protection
public import Sealing
internal import SystemIO
public import SystemPackage
public import Vault

/// Secret files of this host, each sealed once more to recipients of its own.
///
/// A snapshot holds a secret as a standard age file, at its absolute path without the `/` in front and with `.age` at
/// the end; so whoever can read backups cannot yet read secrets, and stock `age` opens what
/// Lifeboat brought back sealed. A secret that is what it was in the snapshot before keeps its sealed form.
///
/// Plain text is in memory only while one secret is sealed or restored.
public struct SecretsComponent: Component {
    /// The most bytes that a secret may have: 16 MiB.
    public static let limit = ByteCount(16 << 20)

    /// Its name in the configuration, a label.
    public let name: String
    /// Secrets.
    public let kind = ComponentKind.secrets
    let roots: ProtectedRoots
    let recipients: [AgeRecipient]
    let restoreSealed: Bool
    let own: OwnPlaces

    /// Describes what to protect.
    ///
    /// - Parameters:
    ///   - name: Its name in the configuration.
    ///   - paths: Absolute paths of files, and of folders of which every file is a secret; none inside another.
    ///   - recipients: Whom each secret is sealed to, at least one.
    ///   - restoreSealed: Whether a restore writes the age files instead of the plain ones; needs no secrets identity.
    ///   - own: What belongs to Lifeboat itself, such as its keys: never part of a snapshot, by whatever name.
    /// - Throws: `E-VALUE` when a path is not absolute or inside another, `E-KEY-FORM` when there is no recipient.
    public init(
        name: String,
        paths: [FilePath],
        recipients: [AgeRecipient],
        restoreSealed: Bool = false,
        own: [FilePath] = []
    ) throws(Fault) {
        guard !recipients.isEmpty else {
            throw Fault(
                .invalidKey,
                "unable to protect '\(name)': it names no recipient",
                hints: ["Name at least one age recipient under `recipients:`."]
            )
        }
        self.name = name
        roots = try ProtectedRoots(paths, of: name)
        self.recipients = recipients
        self.restoreSealed = restoreSealed
        self.own = OwnPlaces(paths: own)
        _ = try TreeScanner(roots: roots.treeRoots(.none), crossesMounts: true)
    }

    /// Puts the secrets as they are now into a session.
    ///
    /// The snapshot stands for the moment at which the scan began. What cannot be read is reported, counted in
    /// ``BackupDraft/problems``, and does not stop the rest.
    ///
    /// - Throws: `E-FILES-NONE` (exit code 14) when no path can be read, `E-FILES-OWN` when one belongs to Lifeboat, and
    ///   what the session throws.
    public func backUp(
        into session: BackupSession,
        _ context: BackupContext
    ) async throws(Fault) -> BackupDraft {
        let backup = SecretsBackup(
            self,
            session,
            previous: try await PreviousSecrets(session, recipients: recipientsFact),
            progress: context.progress
        )
        return try await backup.run(clock: context.clock)
    }

    /// Whom the secrets are sealed to, as a snapshot records it.
    var recipientsFact: String { recipients.map(\.text).sorted().joined(separator: " ") }
}
