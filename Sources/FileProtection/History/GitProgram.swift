internal import FoundationEssentials
internal import Model
internal import SystemIO
internal import SystemPackage

/// The real `git`, told to heed nothing but its arguments.
///
/// It reads no configuration of the host or of a user, runs no hook, filter or pager, follows no attribute, asks nothing and speaks to no remote by a
/// protocol that runs programs. It never gets a work tree of ours: what goes into a history is fed to it, what comes out is read from it.
struct GitProgram: Sendable {
    /// The repository.
    let directory: FilePath
    /// Who is named as the author of commits.
    private static let author = "Lifeboat"
    private static let settings = [
        "core.hooksPath=/dev/null", "core.attributesFile=/dev/null", "core.autocrlf=false",
        "core.fsmonitor=false", "core.quotePath=false", "core.fsync=all", "gc.auto=0",
        "maintenance.auto=false", "safe.directory=*", "protocol.ext.allow=never",
        "fetch.writeCommitGraph=false", "http.lowSpeedLimit=100", "http.lowSpeedTime=60",
    ]

    init(_ directory: FilePath) { self.directory = directory }

    /// What runs git on the repository.
    ///
    /// - Parameters:
    ///   - arguments: The verb and what follows it.
    ///   - more: What the environment holds besides.
    /// - Returns: The command.
    func command(_ arguments: [String], _ more: [String: String] = [:]) -> Command {
        let settings = Self.settings.flatMap { ["-c", $0] }
        return Command(
            "git",
            arguments: settings + ["--git-dir=\(directory.string)"] + arguments,
            environment: Self.environment.merging(more) { _, new in new },
            workingDirectory: "/"
        )
    }

    /// All that git gets to see of our environment, and what we tell it there.
    private static var environment: [String: String] {
        let ours = ProcessInfo.processInfo.environment
        var environment = [
            "PATH": ours["PATH"] ?? "/usr/local/bin:/usr/bin:/bin",
            "LC_ALL": "C",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_ASKPASS": "/bin/false",
            "SSH_ASKPASS": "/bin/false",
            "GIT_ALLOW_PROTOCOL": "file:ssh:https",
            "GIT_AUTHOR_NAME": author,
            "GIT_AUTHOR_EMAIL": "lifeboat@localhost",
            "GIT_COMMITTER_NAME": author,
            "GIT_COMMITTER_EMAIL": "lifeboat@localhost",
        ]
        for name in ["SSH_AUTH_SOCK", "HOME", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"]
        {
            if let value = ours[name] { environment[name] = value }
        }
        return environment
    }

    /// Runs git to its end; what it writes first, as one line of text.
    ///
    /// - Throws: `E-HISTORY-GIT` with its words, `E-COMMAND-MISSING`, `E-CANCELLED`.
    func line(
        _ arguments: [String],
        _ more: [String: String] = [:],
        input: [UInt8] = []
    ) async throws(Fault) -> String {
        let output = try await bytes(arguments, more, input: input)
        let line = output.split(separator: 10, maxSplits: 1).first ?? []
        return String(decoding: line, as: UTF8.self)
    }

    /// The same, as it is; at most 64 MiB.
    func bytes(
        _ arguments: [String],
        _ more: [String: String] = [:],
        input: [UInt8] = []
    ) async throws(Fault) -> [UInt8] {
        let result: Command.Result
        do throws(Fault) {
            result = try await command(arguments, more).run(input: input, outputLimit: 64 << 20)
        } catch { throw Self.explained(error) }
        guard result.status.isSuccess else {
            throw failure(arguments.first ?? "", "\(result.status)", result.errorText)
        }
        return result.output
    }

    /// What git says of a failure, as a fault.
    func failure(_ verb: String, _ status: String, _ errorText: String) -> Fault {
        let words = errorText.split(whereSeparator: \.isNewline).first.map(String.init) ?? status
        return Fault(
            .historyBroken,
            "unable to run git \(verb) on '\(directory.displayed)': \(words)",
            hints: [
                "Move it aside: mv '\(directory.displayed)' '\(directory.displayed).broken'",
                "The next backup begins a history there, and keeps all that the vault holds of the earlier one.",
            ]
        )
    }

    /// The fault of a program that could not be started, with what to do.
    static func explained(_ fault: Fault) -> Fault {
        guard fault.code == .commandMissing else { return fault }
        return fault.adding(hint: "Install it (Debian: apt-get install git).")
    }
}
