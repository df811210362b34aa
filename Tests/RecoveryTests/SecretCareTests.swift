import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// Secrets on their way: never readable for others, never among the arguments of a program.
@Suite(.ownThreads) struct SecretCareTests {
    /// A file that the host shows to everybody comes back; the system ends the restore in the middle of its bytes.
    @Test func `a secret is its owner's alone before its first byte is written`() async throws {
        let playground = try await Playground.initialised()
        let large = String(repeating: "PASSWORD=correct-horse-battery-staple\n", count: 60_000)
        try playground.write("secret.env", large)
        try Directory.open(playground.path)
            .setMode(0o644, of: try #require(FileName("secret.env")))
        #expect(try await playground.run(["backup", "web/secrets"]).code == 0)
        let restore = [
            "restore", "web/secrets", "--identity", "kit.txt", "--yes", "--to",
        ]
        let cut = try await playground.run(restore + ["cut"], limits: ["--fsize=1048576"])
        #expect(cut.code != 0)
        let part = FilePath(playground.restored("cut", "secret.env"))
        let left = try #require(try FileSystem.status(playground.path.pushing(part)))
        #expect(left.size > 0 && left.size < Int64(large.utf8.count))
        #expect(left.mode == 0o600)
        let whole = try await playground.run(restore + ["whole"])
        #expect(whole.code == 0, "\(whole.text)")
        let name = FilePath(playground.restored("whole", "secret.env"))
        #expect(try FileSystem.status(playground.path.pushing(name))?.mode == 0o644)
    }

    /// An `ssh` of ours writes down what it is given.
    @Test
    func
        `the key of a remote is in a file of its own, neither in arguments nor in the environment`()
        async throws
    {
        let playground = try await Playground.initialised()
        let key = "-----BEGIN OPENSSH " + "PRIVATE KEY-----\nc3RhcGxl\n"
        try playground.write("git.key", key)
        let programs = playground.path.appending("programs")
        try FileSystem.makeDirectories(programs, mode: 0o755)
        let log = playground.path.appending("log").string
        let script = """
            #!/bin/sh
            tr '\\0' '\\n' < /proc/$$/cmdline > '\(log)'
            tr '\\0' '\\n' < /proc/$PPID/cmdline >> '\(log)'
            env >> '\(log)'
            while [ $# -gt 0 ]; do
                if [ "$1" = -i ]; then stat -c 'mode %a' "$2" >> '\(log)'; cat "$2" > '\(log).key'; fi
                shift
            done
            exit 1

            """
        try DurableFile.create(
            programs.appending("ssh"),
            with: Array(script.utf8),
            mode: 0o755
        )
        let config = """
              config:
                kind: configuration
                path: \(playground.source.string)
                include: [letter]
                remote: {url: "git@127.0.0.1:x.git", key: {file: \(playground.path.string)/git.key}}

            """
        try playground.write("lifeboat.yaml", try playground.read("lifeboat.yaml") + config)
        let backup = try await playground.run(
            ["backup", "web/config"],
            variables: ["PATH": "\(programs.string):/usr/bin:/bin"]
        )
        // Nobody answered: the snapshot stands, and the remote is named.
        #expect(backup.code == 3, "\(backup.text)")
        #expect(backup.text.contains("E-HISTORY-PUSH"))
        let written = try playground.read("log")
        #expect(written.contains("mode 600"))
        #expect(written.contains("BatchMode=yes"))
        #expect(!written.contains("c3RhcGxl"))
        #expect(try playground.read("log.key") == key)
        let names = try Directory.open(playground.histories).names()
        #expect(names.map(\.description) == ["config.git"])
        #expect(try await playground.run(["ls", "web/config"]).output.contains("config"))
    }
}
