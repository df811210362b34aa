import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// A stack of which not everything can come back: nothing does unasked, and the way to the rest is named.
@Suite(.ownThreads) struct RestOfStackTests {
    /// Files in two components and a secret, which this host's own identity does not open.
    private func backedUp() async throws -> Playground {
        let playground = try await Playground.initialised()
        try FileSystem.makeDirectories(playground.path.appending("notes"), mode: 0o755)
        try playground.write("notes/one", "a note\n")
        try playground.edit(
            "components:\n",
            "components:\n  notes: {kind: files, paths: [\(playground.path.string)/notes]}\n"
        )
        let backup = try await playground.run(["backup"])
        #expect(backup.code == 0 && backup.output.contains("3 of 3"), "\(backup.text)")
        return playground
    }

    @Test
    func `without the key of the secrets the command for the rest is named`() async throws {
        let playground = try await backedUp()
        let flags = ["--to", "out", "--yes"]
        let refused = try await playground.run(["restore", "web"] + flags)
        #expect(refused.code == 12, "\(refused.text)")
        #expect(refused.errors.contains("id: E-KEY-WRONG"))
        #expect(refused.errors.contains("Add --sealed to get the age files as they are."))
        let command = "lifeboat restore web/notes web/files"
        #expect(refused.errors.contains("with the same flags: \(command)\n"), "\(refused.text)")
        #expect(try FileSystem.status(playground.path.appending("out")) == nil)

        let words = command.split(separator: " ").dropFirst().map { String($0) }
        let rest = try await playground.run(words + flags)
        #expect(rest.code == 0 && rest.output.contains("2 of 2 components"), "\(rest.text)")
        let letter = playground.restored("out/files", "source/letter")
        #expect(try playground.read(letter) == "dear reader\n")
        let note = playground.restored("out/notes", "notes/one")
        #expect(try playground.read(note) == "a note\n")
        #expect(try FileSystem.status(playground.path.appending("out/secrets")) == nil)

        let sealed = try await playground.run(
            ["restore", "web", "--sealed", "--to", "all", "--yes"]
        )
        #expect(sealed.code == 0 && sealed.output.contains("3 of 3"), "\(sealed.text)")
    }

    @Test
    func `the one component that can come back goes where it would have gone beside the others`()
        async throws
    {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        let refused = try await playground.run(["restore", "web", "--to", "out", "--yes"])
        #expect(refused.code == 12, "\(refused.text)")
        let command = "lifeboat restore web/files --to \(playground.path.string)/out/files"
        #expect(
            refused.errors.contains("with the same flags but --to: \(command)\n"),
            "\(refused.text)"
        )
        let words = command.split(separator: " ").dropFirst().map { String($0) }
        let rest = try await playground.run(words + ["--yes"])
        #expect(rest.code == 0, "\(rest.text)")
        let letter = playground.restored("out/files", "source/letter")
        #expect(try playground.read(letter) == "dear reader\n")
    }

    @Test
    func `a named snapshot brings back nothing but itself, and what else was asked for is refused`()
        async throws
    {
        let playground = try await Playground.initialised()
        for _ in 1...2 { #expect(try await playground.run(["backup"]).code == 0) }
        let flags = ["--at", "files@1", "--to", "out", "--yes"]
        for words in [["web/files", "web/secrets"], ["web"], [], ["web/files", "--exclusive"]] {
            let refused = try await playground.run(["restore"] + words + flags)
            #expect(refused.code == 2, "\(words): \(refused.text)")
            #expect(refused.errors.contains("id: E-SNAPSHOT-ALONE"), "\(refused.text)")
            #expect(
                refused.errors.contains("lifeboat restore web/files --at files@1\n"),
                "\(refused.text)"
            )
            #expect(try FileSystem.status(playground.path.appending("out")) == nil)
        }
        let alone = try await playground.run(["restore", "web/files"] + flags)
        #expect(alone.code == 0 && alone.output.contains("from snapshot 1"), "\(alone.text)")
    }

    @Test
    func `where nothing can come back no command is named`() async throws {
        let playground = try await backedUp()
        let refused = try await playground.run(["restore", "web/secrets", "--to", "out", "--yes"])
        #expect(refused.code == 12 && !refused.errors.contains("lifeboat restore web"))
    }

    @Test
    func `components of two stacks, or of no such name, are refused`() async throws {
        let playground = try await backedUp()
        for words in [["web/files", "shop/files"], ["shop/files"], ["web/files", "web/nothing"]] {
            let refused = try await playground.run(["restore"] + words + ["--to", "out", "--yes"])
            #expect(refused.code == 2, "\(refused.text)")
        }
        let all = try await playground.run(
            ["restore", "web/files", "web", "--sealed", "--to", "out", "--yes"]
        )
        #expect(all.code == 0 && all.output.contains("3 of 3"), "\(all.text)")
    }
}
