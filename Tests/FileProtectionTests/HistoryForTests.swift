import FileProtection
import FileTrees
import Model
import Protection
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// A configuration in a vault for tests, and git to look at it with.
struct HistoryForTests {
    let at: VaultForTests
    var repository: FilePath { at.state.appending("history/c.git") }

    init() async throws { at = try await VaultForTests() }

    func component(
        include: [String] = [],
        exclude: [String] = [],
        secretFiles: [FilePath] = [],
        remote: GitRemote? = nil,
        restoresHistory: Bool = false
    ) throws -> ConfigurationComponent {
        try ConfigurationComponent(
            name: "c",
            path: at.source,
            include: include,
            exclude: exclude,
            secretFiles: secretFiles,
            remote: remote,
            restoresHistory: restoresHistory
        )
    }

    /// Brings the newest history back below a folder of this name; the repository.
    func history(_ name: String) async throws -> FilePath {
        let place = at.scratch.path.appending(name)
        let outcome = try await at.restore(try component(restoresHistory: true), to: place)
        #expect(outcome.problems.isEmpty)
        _ = try await Self.git(place, ["fsck", "--strict"])
        return place
    }

    /// Runs stock git, with nothing of the host's settings.
    static func git(_ repository: FilePath, _ arguments: [String]) async throws -> [UInt8] {
        try await Command(
            "git",
            arguments: ["--git-dir", repository.string] + arguments,
            environment: [
                "PATH": "/usr/bin:/bin", "GIT_CONFIG_GLOBAL": "/dev/null",
                "GIT_CONFIG_NOSYSTEM": "1",
            ]
        ).runSuccessfully(outputLimit: 16 << 20)
    }

    static func lines(_ repository: FilePath, _ arguments: [String]) async throws -> [String] {
        let output = try await git(repository, arguments)
        return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// What a backup that must fail says.
    func refusal(_ component: ConfigurationComponent) async -> Fault? {
        await #expect(throws: Fault.self) { try await at.backUp(component) }
    }
}
