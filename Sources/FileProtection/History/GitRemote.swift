internal import FoundationEssentials
public import Model
internal import SystemIO
internal import SystemPackage

/// Another repository that gets every commit as well.
public struct GitRemote: Sendable {
    /// Its address, without a password.
    public let url: String
    private let key: @Sendable () async throws(Fault) -> String?

    /// Describes a remote.
    ///
    /// - Parameters:
    ///   - url: `ssh://…`, `user@host:path`, `https://…` or an absolute path, without a password.
    ///   - key: The private key for SSH, asked for when it is needed; nil where SSH knows one itself.
    public init(_ url: String, key: @escaping @Sendable () async throws(Fault) -> String?) {
        self.url = url
        self.key = key
    }

    /// Brings the branch of a repository to the remote; nothing there is ever overwritten.
    ///
    /// The key is in a file of this user alone while it is needed, never among arguments.
    ///
    /// - Throws: `E-HISTORY-PUSH` with git's words; what asking for the key throws.
    func push(_ repository: GitRepository) async throws(Fault) {
        let place = FilePath(repository.directory.string + ".key")
        // A killed run may have left one.
        try FileSystem.removeFile(place)
        defer { try? FileSystem.removeFile(place) }
        var ssh = "ssh -o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=20"
        if let key = try await key() {
            try SecretFile.create(place, Array((key + "\n").utf8))
            ssh += " -o IdentitiesOnly=yes -i \(Self.quoted(place.string))"
        }
        let branch = GitRepository.branch
        let command = repository.git.command(
            ["push", "--quiet", "--porcelain", "--", url, "\(branch):\(branch)"],
            ["GIT_SSH_COMMAND": ssh]
        )
        let result = try await command.run(outputLimit: 1 << 20)
        guard !result.status.isSuccess else { return }
        let words = (result.errorText + String(decoding: result.output, as: UTF8.self))
            .split(whereSeparator: \.isNewline).first { !$0.hasPrefix("To ") }
        throw Fault(
            .historyPush,
            "unable to push the history to '\(url)': \(words.map(String.init) ?? "\(result.status)")",
            hints: [
                "The snapshot holds the whole history all the same; the next backup pushes it too.",
                "A host that ssh does not know yet is made known with: ssh-keyscan HOST >> ~/.ssh/known_hosts",
            ]
        )
    }

    /// A path for the shell that git runs ssh with.
    private static func quoted(_ path: String) -> String {
        "'\(path.replacing("'", with: "'\\''"))'"
    }
}
