internal import FileTrees
public import Model
public import Protection
public import SystemPackage
public import Vault

/// Files and folders of this host.
///
/// A snapshot holds them at their absolute paths without the `/` in front. Files that are what they were in the
/// snapshot before are not opened.
public struct FilesComponent: Component {
    /// Its name in the configuration, a label.
    public let name: String
    /// Files.
    public let kind = ComponentKind.files
    let roots: ProtectedRoots
    let rules: PathRules
    let own: OwnPlaces

    /// Describes what to protect.
    ///
    /// - Parameters:
    ///   - name: Its name in the configuration.
    ///   - roots: Absolute paths of files and folders; none inside another.
    ///   - include: Patterns as in a `.gitignore` of what is taken, seen from each root; everything when empty.
    ///   - exclude: Patterns of what is left out, even when `include` names it.
    ///   - own: What belongs to Lifeboat itself, such as the vault: never part of a snapshot, by whatever name.
    /// - Throws: `E-VALUE` when a root is not absolute or inside another, `E-TREE-PATTERN`.
    public init(
        name: String,
        roots: [FilePath],
        include: [String] = [],
        exclude: [String] = [],
        own: [FilePath] = []
    ) throws(Fault) {
        self.name = name
        self.roots = try ProtectedRoots(roots, of: name)
        self.own = OwnPlaces(paths: own)
        rules = try PathRules(including: include, excluding: exclude)
        _ = try TreeScanner(roots: self.roots.treeRoots(rules), crossesMounts: true)
    }

    /// Puts the files as they are now into a session.
    ///
    /// The snapshot stands for the moment at which the scan began. What cannot be read is reported, counted in
    /// ``BackupDraft/problems``, and does not stop the rest.
    ///
    /// - Throws: `E-FILES-NONE` (exit code 14) when no root can be read, `E-FILES-OWN` when one belongs to Lifeboat, and
    ///   what the session throws.
    public func backUp(
        into session: BackupSession,
        _ context: BackupContext
    ) async throws(Fault) -> BackupDraft {
        let backup = FilesBackup(
            self,
            session,
            previous: try await PreviousFiles(session),
            progress: context.progress
        )
        return try await backup.run(clock: context.clock)
    }
}
