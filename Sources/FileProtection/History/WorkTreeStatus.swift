package import Model
internal import Protection
internal import SystemIO
package import SystemPackage

/// What is not committed in the stack's own repository, the work tree that the configuration lies in.
///
/// That repository belongs to somebody else, who need not be root. Its configuration, its hooks and the filters that it defines are never read, and git
/// is never run on it: even to resolve a name it may fetch a missing object, by a program that the configuration names. git works in an
/// empty repository of ours that borrows its objects and its index, and changes neither.
package struct WorkTreeStatus: Sendable {
    /// The commit that is checked out.
    package let commit: String
    /// Paths that differ from it or that it does not have, at most ``most``.
    package let paths: [String]
    /// How many there are.
    package let count: Int
    /// How many of them are named.
    private static let most = 5

    private enum Event: Sendable {
        case found(WorkTreeStatus?)
        case failed(Fault)
        case silent
    }

    /// Looks at the repository that a folder is in.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - place: Where the empty repository is for a moment.
    ///   - patience: How long git may take: a pipe where it looks for a file would hold it up for ever.
    /// - Returns: nil when it is in none, or in one that this way cannot look at (a linked work tree, a submodule).
    /// - Throws: `E-HISTORY-GIT`, `E-COMMAND-MISSING`, `E-IO-…`, `E-CANCELLED`.
    package static func read(
        around folder: FilePath,
        scratch place: FilePath,
        patience: Duration = .seconds(60)
    ) async throws(Fault) -> Self? {
        guard let tree = try tree(around: folder),
            let commit = try CheckedOutCommit.read(in: tree)
        else { return nil }
        let event = await withTaskGroup(of: Event.self) { group in
            group.addTask {
                do throws(Fault) {
                    return .found(try await look(at: tree, commit, scratch: place))
                } catch { return .failed(error) }
            }
            group.addTask {
                try? await Task.sleep(for: patience)
                return .silent
            }
            let first = await group.next() ?? .silent
            group.cancelAll()
            return first
        }
        switch event {
        case .found(let status): return status
        case .failed(let fault): throw fault
        case .silent:
            try Cancellation.check("look at the stack's own repository")
            throw Fault(
                .historyBroken,
                "unable to look at the stack's own repository '\(tree.displayed)': git did not end within \(patience)"
            )
        }
    }

    private static func look(
        at tree: FilePath,
        _ commit: String,
        scratch place: FilePath
    ) async throws(Fault) -> Self {
        if try FileSystem.status(place) != nil { try FileSystem.removeTree(place) }
        defer { try? FileSystem.removeTree(place) }
        try FileSystem.makeDirectories(place, mode: 0o700)
        let git = GitProgram(place)
        let theirs = tree.appending(".git")
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
