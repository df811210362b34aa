internal import Model
internal import SystemIO
internal import SystemPackage

/// The history of one component: a bare repository of this host that only Lifeboat writes to.
///
/// Who calls holds the lock of the component's stream. What a commit is made of comes together in a repository beside it, the
/// quarantine, which is thrown away unless all of it is wanted; so nothing that was refused is ever among its objects.
struct GitRepository: Sendable {
    /// The one line of its history.
    static let branch = "refs/heads/main"

    /// Where it is.
    let directory: FilePath
    /// The program.
    let git: GitProgram
    private var place: FilePath { FilePath(directory.string + ".new") }

    /// Opens it, and makes an empty one when there is none.
    ///
    /// - Throws: `E-HISTORY-GIT`, `E-COMMAND-MISSING`, `E-IO-…`.
    init(at directory: FilePath) async throws(Fault) {
        self.directory = directory
        git = GitProgram(directory)
        try FileSystem.makeDirectories(directory, mode: 0o700)
        try await Self.make(git)
    }

    /// The newest commit; nil when there is none.
    ///
    /// - Throws: `E-HISTORY-GIT` when it cannot be told, or its commit cannot be read.
    func head() async throws(Fault) -> String? {
        // A list of no reference is empty; one that names no readable object is an error.
        let text = try await git.line([
            "for-each-ref", "--format=%(objectname) %(objecttype)", Self.branch,
        ])
        guard !text.isEmpty else { return nil }
        let parts = text.split(separator: " ")
        guard parts.count == 2, parts[1] == "commit" else {
            throw git.failure("for-each-ref", "its newest commit cannot be read", "")
        }
        return String(parts[0])
    }

    /// How many commits lead to one, itself counted.
    ///
    /// - Throws: `E-HISTORY-GIT`.
    func count(to commit: String) async throws(Fault) -> Int {
        Int(try await git.line(["rev-list", "--count", commit])) ?? 0
    }

    /// When a commit was made.
    ///
    /// - Throws: `E-HISTORY-GIT`.
    func time(of commit: String) async throws(Fault) -> Instant {
        let text = try await git.line(["show", "--no-patch", "--format=%ct", commit])
        return Instant(seconds: Int64(text) ?? 0)
    }

    /// Whether one commit came before another, or is it; false too when this repository does not know it.
    func isAncestor(_ commit: String, of other: String) async throws(Fault) -> Bool {
        if commit == other { return true }
        let command = git.command(["merge-base", "--is-ancestor", commit, other])
        return try await command.run(outputLimit: 1 << 10).status.isSuccess
    }

    /// Makes a quarantine; one that is left of an earlier run is removed.
    ///
    /// - Throws: `E-HISTORY-GIT`, `E-IO-…`.
    func quarantine() async throws(Fault) -> GitProgram {
        try removeQuarantine()
        try FileSystem.makeDirectories(place.appending("objects/info"), mode: 0o700)
        let objects = directory.appending("objects")
        try DurableFile.create(
            place.appending("objects/info/alternates"),
            with: objects.bytes + [10],
            mode: 0o600
        )
        let quarantine = GitProgram(place)
        try await Self.make(quarantine)
        return quarantine
    }

    /// Removes the quarantine with all that is in it.
    ///
    /// - Throws: `E-IO-…`.
    func removeQuarantine() throws(Fault) {
        if try FileSystem.status(place) != nil { try FileSystem.removeTree(place) }
    }

    /// Makes a commit of the tree that was imported into the quarantine, when it is another than that of `parent`.
    ///
    /// After success the commit and all it is made of are durable, and the branch names it.
    ///
    /// - Returns: The newest commit, and whether it was made just now.
    /// - Throws: `E-HISTORY-GIT`.
    func commit(
        _ quarantine: GitProgram,
        after parent: String?,
        unread: Int,
        at time: Instant
    ) async throws(Fault) -> (commit: String, isNew: Bool) {
        let tree = try await quarantine.line(["rev-parse", "\(ImportStream.reference)^{tree}"])
        var arguments = ["commit-tree", tree]
        let listing: [UInt8]
        let status = ["--no-renames", "--name-status", "-r", "-z"]
        if let parent {
            if try await quarantine.line(["rev-parse", "\(parent)^{tree}"]) == tree {
                return (parent, false)
            }
            arguments += ["-p", parent]
            listing = try await quarantine.bytes(["diff-tree"] + status + [parent, tree])
        } else {
            listing = try await quarantine.bytes(
                ["diff-tree", "--root", "--no-commit-id"] + status + [ImportStream.reference]
            )
        }
        var message = CommitMessage(nameStatus: listing)
        message.unread = unread
        let moment = "@\(time.seconds) +0000"
        let commit = try await quarantine.line(
            arguments,
            ["GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment],
            input: Array(message.text.utf8)
        )
        _ = try await quarantine.line(["update-ref", Self.branch, commit])
        _ = try await git.line([
            "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", place.string,
            "\(Self.branch):\(Self.branch)",
        ])
        return (commit, true)
    }

    private static func make(_ git: GitProgram) async throws(Fault) {
        _ = try await git.line([
            "init", "--quiet", "--bare", "--template=", "--initial-branch=main",
        ])
    }
}
