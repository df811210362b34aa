internal import FileTrees
public import Model
public import Protection
internal import SystemIO
public import SystemPackage
public import Vault

/// Files of this host whose every state is also a commit of a history of their own.
///
/// A snapshot holds the files as they are, like ``FilesComponent``'s, and beside them the whole history, a bare repository
/// that stock `git` reads; in the vault it is a tree of files like any other. A commit is made only when something changed.
/// Nothing that looks like a secret gets into either.
public struct ConfigurationComponent: Component {
    /// The most bytes that a file may have: 32 MiB; a larger one belongs to a component of files.
    public static let limit = ByteCount(32 << 20)

    /// Its name in the configuration, a label.
    public let name: String
    /// Files: every reader of the format can bring them back.
    public let kind = ComponentKind.files
    let roots: ProtectedRoots
    let rules: PathRules
    let secretFiles: [FilePath]
    let remote: GitRemote?
    let restoresHistory: Bool
    let others: [FilePath]
    let own: OwnPlaces

    /// Describes what to protect.
    ///
    /// - Parameters:
    ///   - name: Its name in the configuration.
    ///   - path: An absolute path of a folder.
    ///   - include: Patterns as in a `.gitignore` of what is taken, seen from the folder; everything when empty.
    ///   - exclude: Patterns of what is left out, even when `include` names it; so is every `.git`.
    ///   - secretFiles: The stack's secret files: none of their values gets into the history.
    ///   - remote: Another repository that gets every commit.
    ///   - restoresHistory: Whether a restore brings back the repository instead of the files.
    ///   - others: What other components bring back in the same restore: nothing in there is written to the place of origin.
    ///   - own: What belongs to Lifeboat itself: never part of a snapshot, by whatever name.
    /// - Throws: `E-VALUE` when the path is not absolute, `E-TREE-PATTERN`.
    public init(
        name: String,
        path: FilePath,
        include: [String] = [],
        exclude: [String] = [],
        secretFiles: [FilePath] = [],
        remote: GitRemote? = nil,
        restoresHistory: Bool = false,
        others: [FilePath] = [],
        own: [FilePath] = []
    ) throws(Fault) {
        self.name = name
        self.secretFiles = secretFiles
        self.remote = remote
        self.restoresHistory = restoresHistory
        self.others = others
        self.own = OwnPlaces(paths: own)
        roots = try ProtectedRoots([path], of: name)
        // The last pattern that fits decides: no other can take a repository back in.
        rules = try PathRules(including: include, excluding: exclude + [".[gG][iI][tT]"])
    }

    /// What git says of its version.
    ///
    /// - Throws: `E-COMMAND-MISSING` when it is not installed, `E-COMMAND-FAILED`.
    public static func gitVersion() async throws(Fault) -> String {
        do throws(Fault) {
            let output = try await Command("git", arguments: ["--version"])
                .runSuccessfully(outputLimit: 1 << 10)
            return String(decoding: output.prefix { $0 != 10 }, as: UTF8.self)
        } catch { throw GitProgram.explained(error) }
    }

    /// Puts the files as they are now, and their history, into a session.
    ///
    /// The commit is made before the session's snapshot: is there no snapshot in the end, the next one holds that commit too. What cannot
    /// be read is reported, counted in ``BackupDraft/problems``, and does not stop the rest; neither does a remote
    /// that does not answer, which is among the draft's findings.
    ///
    /// - Throws: `E-HISTORY-SECRET` (exit code 15) naming files and lines, with nothing of them stored; `E-HISTORY-GIT`,
    ///   `E-COMMAND-MISSING` without git, `E-FILES-NONE` (exit code 14), `E-FILES-OWN`, and what the session throws.
    public func backUp(
        into session: BackupSession,
        _ context: BackupContext
    ) async throws(Fault) -> BackupDraft {
        let backup = await ConfigurationBackup(self, session, context)
        return try await backup.run()
    }
}
