import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// A configuration and its history through the real executable.
@Suite(.ownThreads) struct HistoryTests {
    private static func playground(_ flags: [String] = []) async throws -> Playground {
        let playground = try await Playground.initialised(flags)
        let text = try playground.read("lifeboat.yaml")
        let config = """
              config:
                kind: configuration
                path: \(playground.source.string)
                include: [letter, compose.yml]

            """
        try playground.write("lifeboat.yaml", text + config)
        return playground
    }

    /// What git says of a repository.
    private static func lines(_ repository: FilePath, _ arguments: [String]) async throws
        -> [String]
    {
        let git = Command("git", arguments: ["--git-dir", repository.string] + arguments)
        let output = try await git.runSuccessfully(outputLimit: 1 << 20)
        return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test func `files of a commit and the history of a lost host come back`() async throws {
        let playground = try await Self.playground()
        #expect(try await playground.run(["backup", "web/config"]).code == 0)
        try playground.write("source/letter", "changed\n")
        let second = try await playground.run(["backup", "web/config"])
        #expect(second.code == 0, "\(second.text)")
        #expect(second.text.contains("commit "))
        try FileSystem.removeTree(playground.histories)
        try playground.write("source/letter", "third\n")
        #expect(try await playground.run(["backup", "web/config"]).code == 0)
        let history = try await playground.run([
            "restore", "web/config", "--history", "--to", "h.git", "--yes",
        ])
        #expect(history.code == 0, "\(history.text)")
        let lines = try await Self.lines(
            playground.path.appending("h.git"),
            ["log", "--all", "--format=%H %s"]
        )
        #expect(lines.count == 3)
        let changed = try #require(lines.first { $0.hasSuffix(" change letter") }).prefix(8)
        let files = try await playground.run([
            "restore", "web/config", "--at", "commit:\(changed)", "--to", "out", "--yes",
        ])
        #expect(files.code == 0, "\(files.text)")
        #expect(try playground.read(playground.restored("out", "source/letter")) == "changed\n")
        let none = try await playground.run([
            "restore", "web/config", "--at", "commit:0000", "--to", "none", "--yes",
        ])
        #expect(none.code == 15, "\(none.text)")
        #expect(none.text.contains("E-SNAPSHOT-NONE"))
    }

    @Test func `each copy alone holds every commit, and what lies between two is shown`()
        async throws
    {
        let playground = try await Self.playground(["--copy", "second"])
        for text in ["one", "two", "three"] {
            try playground.write("source/letter", text + "\n")
            let backup = try await playground.run(["backup", "web/config"])
            #expect(backup.code == 0, "\(backup.text)")
        }
        let history = playground.histories.appending("config.git")
        let commits = try await Self.lines(history, ["log", "--format=%H"])
        #expect(commits.count == 3)
        let first = try #require(commits.last).prefix(10)
        let diff = try await playground.run([
            "ls", "web/config", "--diff", "commit:\(first)", "--patch",
        ])
        #expect(diff.code == 0, "\(diff.text)")
        #expect(diff.output.contains("-one\n") && diff.output.contains("+three\n"), "\(diff.text)")
        try FileSystem.removeTree(playground.histories)
        for copy in ["local", "local-2"] {
            let restored = try await playground.run([
                "restore", "web/config", "--history", "--from", copy, "--to", "\(copy).git",
                "--yes",
            ])
            #expect(restored.code == 0, "\(restored.text)")
            let repository = playground.path.appending("\(copy).git")
            #expect(try await Self.lines(repository, ["log", "--format=%H"]) == commits)
            #expect(try await Self.lines(repository, ["show", "\(first):letter"]) == ["one"])
            _ = try await Self.lines(repository, ["fsck", "--full", "--strict"])
        }
    }

    @Test func `a secret of the stack in its configuration is refused by file and line`()
        async throws
    {
        let playground = try await Self.playground()
        try playground.write("source/compose.yml", "a: b\nc: correct-horse-battery-staple\n")
        let refused = try await playground.run(["backup", "web/config"])
        #expect(refused.code == 15)
        #expect(refused.text.contains("compose.yml, line 2: a value of the stack's own"))
        #expect(!refused.text.contains("correct-horse"))
        try playground.write("source/compose.yml", "a: b\nc: ${PASSWORD}\n")
        #expect(try await playground.run(["backup", "web/config"]).code == 0)
        let one = try await playground.run(["restore", "web/files", "--history", "--to", "x"])
        #expect(one.code == 2)
    }

    /// The folder of the seed: configuration, knowledge base and secrets in one place, the knowledge base in git as well.
    @Test func `a folder that several components share comes back as a whole`() async throws {
        let playground = try Playground()
        try playground.write("source/compose.yml", "a: ${PASSWORD}\n")
        try playground.write("source/.env", Playground.secret)
        let start = try await playground.run([
            "init", "web", "--copy", "vault", "--files", "source/deep", "--secrets", "source/.env",
            "--state", "state", "--host", "h1", "--kit", "kit.txt",
        ])
        #expect(start.code == 0, "\(start.text)")
        let source = playground.source.string
        let config = """
              config: {kind: configuration, path: \(source), include: [compose.yml]}
              history: {kind: configuration, path: \(source), include: [deep/]}

            """
        try playground.write("lifeboat.yaml", try playground.read("lifeboat.yaml") + config)
        #expect(try await playground.run(["backup"]).code == 0)
        let noise = try playground.read("source/deep/noise")
        try playground.remove("source")
        let restored = try await playground.run(["restore", "--identity", "kit.txt", "--yes"])
        #expect(restored.code == 0, "\(restored.text)")
        #expect(try playground.read("source/compose.yml") == "a: ${PASSWORD}\n")
        #expect(try playground.read("source/.env") == Playground.secret)
        #expect(try playground.read("source/deep/noise") == noise)
        // Nothing is replaced by the same command again.
        #expect(try await playground.run(["restore", "--identity", "kit.txt", "--yes"]).code == 15)
    }
}
