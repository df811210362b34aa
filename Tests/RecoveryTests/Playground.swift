import Model
import Recovery
import SystemIO
import SystemPackage
import TestKit

/// A stack of files and a secret in a folder of its own, protected through the real executable.
struct Playground {
    static let secret = "PASSWORD=correct-horse-battery-staple"

    private let folder: ScratchFolder
    var path: FilePath { folder.path }
    var vault: FilePath { path.appending("vault") }
    var kit: FilePath { path.appending("kit.txt") }
    var configuration: FilePath { path.appending("lifeboat.yaml") }
    var source: FilePath { path.appending("source") }
    /// Where the host keeps the histories of configurations.
    var histories: FilePath { path.appending("state").appending("work").appending("history") }

    /// Files to protect; nothing is initialised.
    init() throws {
        folder = try ScratchFolder()
        try FileSystem.makeDirectories(
            folder.path.appending("source/deep"),
            mode: 0o755
        )
        try write("source/letter", "dear reader\n")
        try write("source/deep/noise", String(repeating: "0123456789abcdef", count: 20_000))
        try write("secret.env", Self.secret)
    }

    /// Files to protect, after `init`.
    static func initialised(_ flags: [String] = []) async throws -> Playground {
        let playground = try Playground()
        let ending = try await playground.initialise(flags)
        guard ending.code == 0 else { throw Fault(.failedTest, ending.text) }
        return playground
    }

    func initialise(_ flags: [String] = []) async throws -> Program.Ending {
        try await run(
            [
                "init", "web", "--copy", "vault", "--files", "source", "--secrets", "secret.env",
                "--state", "state", "--host", "h1", "--kit", "kit.txt",
            ] + flags
        )
    }

    func run(
        _ arguments: [String],
        variables: [String: String] = [:],
        limits: [String] = []
    ) async throws(Fault) -> Program.Ending {
        try await Program.run(arguments, in: path, variables: variables, limits: limits)
    }

    /// Runs a verb until the servers have answered it: `status` waits a few seconds for each, and does without it then.
    func answered(_ arguments: [String]) async throws -> Program.Ending {
        let limit = ContinuousClock.now + .seconds(300)
        while true {
            let ending = try await run(arguments)
            guard ending.text.contains("its server was not asked"), ContinuousClock.now < limit
            else { return ending }
        }
    }

    func write(_ name: String, _ text: String) throws {
        try DurableFile.replace(path.appending(name), with: Array(text.utf8), mode: 0o600)
    }

    func read(_ name: String) throws(Fault) -> String {
        String(
            decoding: try DurableFile.read(path.appending(name), limit: ByteCount(16 << 20)),
            as: UTF8.self
        )
    }

    /// Changes the configuration by replacing a text in it.
    func edit(_ old: String, _ new: String) throws {
        let text = try read("lifeboat.yaml")
        guard text.contains(old) else { throw Fault(.failedTest, "'\(old)' is not there") }
        try write("lifeboat.yaml", text.replacing(old, with: new))
    }

    /// The path of a source file below a restored folder.
    func restored(_ folder: String, _ name: String) -> String {
        "\(folder)/\(path.string.dropFirst())/\(name)"
    }

    func remove(_ name: String) throws { try FileSystem.removeTree(path.appending(name)) }
}

extension Fault.Code {
    static let failedTest = Fault.Code("E-TEST", .permanent, exit: .failed)
}
