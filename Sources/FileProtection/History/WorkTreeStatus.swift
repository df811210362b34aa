internal import Model
internal import SystemIO
internal import SystemPackage

/// What is not committed in the stack's own repository, the work tree that the configuration lies in.
///
/// That repository belongs to somebody else. Its configuration, its hooks and the filters that it defines are never read: git works in an
/// empty repository of ours that borrows its objects and its index, and changes neither.
struct WorkTreeStatus: Sendable {
    /// The commit that is checked out.
    let commit: String
    /// Paths that differ from it or that it does not have, at most ``most``.
    let paths: [String]
    /// How many there are.
    let count: Int
    /// How many of them are named.
    private static let most = 5

    /// Looks at the repository that a folder is in.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - place: Where the empty repository is for a moment.
    /// - Returns: nil when it is in none, or in one that this way cannot look at (a linked work tree, a submodule).
    /// - Throws: `E-HISTORY-GIT`, `E-COMMAND-MISSING`, `E-IO-…`, `E-CANCELLED`.
    static func read(around folder: FilePath, scratch place: FilePath) async throws(Fault) -> Self?
    {
        guard let tree = try tree(around: folder) else { return nil }
        let theirs = tree.appending(".git")
        // Nothing but references is read here: this verb runs no program that a configuration could name.
        let head = try await GitProgram(theirs).command([
            "rev-parse", "--verify", "--quiet", "HEAD^{commit}",
        ]).run(outputLimit: 1 << 10)
        let commit = String(decoding: head.output.prefix { $0 != 10 }, as: UTF8.self)
        guard head.status.isSuccess, !commit.isEmpty else { return nil }
        if try FileSystem.status(place) != nil { try FileSystem.removeTree(place) }
        defer { try? FileSystem.removeTree(place) }
        try FileSystem.makeDirectories(place, mode: 0o700)
        let git = GitProgram(place)
        let borrowed = [
            "GIT_OBJECT_DIRECTORY": theirs.appending("objects").string,
            "GIT_INDEX_FILE": theirs.appending("index").string,
        ]
        _ = try await git.line(["init", "--quiet", "--bare", "--template="])
        try DurableFile.replace(
            place.appending("HEAD"),
            with: Array("\(commit)\n".utf8),
            mode: 0o600
        )
        let output = try await git.bytes(
            [
                "-c", "core.bare=false", "--work-tree=\(tree.string)", "status", "--porcelain",
                "-z", "--no-renames", "--untracked-files=normal", "--ignore-submodules=all",
            ],
            borrowed
        )
        let lines = output.split(separator: 0)
        return Self(
            commit: commit,
            paths: lines.prefix(most).map { line in
                FilePath(bytes: Array(line.dropFirst(3))).displayed
            },
            count: lines.count
        )
    }

    /// The innermost folder around one, or itself, that holds a repository; nil when that is not a folder of its own.
    private static func tree(around folder: FilePath) throws(Fault) -> FilePath? {
        var place = try FileSystem.resolved(folder)
        while true {
            if let status = try FileSystem.status(place.appending(".git")) {
                return status.isDirectory ? place : nil
            }
            guard place.parent != place, place.lastName != nil else { return nil }
            place = place.parent
        }
    }
}
