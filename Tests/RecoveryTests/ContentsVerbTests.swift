import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// Looking into snapshots, and bringing back parts, through the real executable.
@Suite(.ownThreads) struct ContentsVerbTests {
    private func path(_ playground: Playground, _ name: String) -> String {
        playground.path.appending(name).string
    }

    @Test func `a file is found, compared, written out and brought back`() async throws {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        try playground.write("source/letter", "changed\n")
        try playground.write("source/new", "new\n")
        #expect(try await playground.run(["backup", "web/files"]).code == 0)
        let letter = path(playground, "source/letter")
        let ls = try await playground.run(["ls", "web/files", "--at", "latest"])
        #expect(ls.code == 0, "\(ls.text)")
        #expect(ls.output.contains("-rw-------") && ls.output.contains(letter))
        let diff = try await playground.run(["ls", "web/files", "--diff", "files@1"])
        #expect(diff.output.contains("M \(letter)  12 B -> 8 B"), "\(diff.text)")
        #expect(diff.output.contains("+ \(path(playground, "source/new"))"))
        #expect(diff.output.contains("1 added, 1 changed"))
        let patch = try await playground.run(["ls", "web/files", "--diff", "files@1", "--patch"])
        #expect(patch.output.contains("-dear reader"), "\(patch.text)")
        #expect(patch.output.contains("+changed") && patch.output.contains("+new"))
        let json = try await playground.run([
            "ls", "web/files", "--json", "--all", "--find", "letter",
        ])
        #expect(json.output.split(separator: "\n").count == 2)
        #expect(json.output.contains("\"message_type\":\"entry\""))
        let dump = ["restore", "web/files", "--path", letter, "--to", "stdout"]
        #expect(try await playground.run(dump).output == "changed\n")
        #expect(try await playground.run(dump + ["--at", "files@1"]).output == "dear reader\n")
        let none = try await playground.run(
            ["restore", "web/files", "--path", letter + "x", "--to", "stdout"]
        )
        #expect(none.code == 15 && none.output.isEmpty)
        #expect(none.text.contains("E-FILES-PATH"))
        let secret = [
            "restore", "web/secrets", "--path", path(playground, "secret.env"), "--to", "stdout",
            "--identity", "kit.txt",
        ]
        #expect(try await playground.run(secret).output == Playground.secret)
        let back = ["restore", "web/files", "--path", letter, "--at", "files@1", "--yes"]
        #expect(try await playground.run(back).code == 15)
        #expect(try playground.read("source/letter") == "changed\n")
        #expect(try await playground.run(back + ["--delta"]).code == 0)
        #expect(try playground.read("source/letter") == "dear reader\n")
        #expect(try playground.read("source/new") == "new\n")
        let whole = try await playground.run([
            "restore", "web/files", "--at", "files@1", "--delete", "--yes",
        ])
        #expect(whole.code == 0, "\(whole.text)")
        #expect(whole.output.contains("remove 1 file that the snapshot does not hold"))
        #expect(try FileSystem.status(playground.source.appending("new")) == nil)
        #expect(try playground.read("source/letter") == "dear reader\n")
    }

    @Test(arguments: [
        ["restore", "web", "--path", "/x"], ["restore", "web/secrets", "--delete"],
        ["restore", "web/secrets", "--path", "/x"], ["ls", "web", "--at", "latest"],
        ["ls", "web/files", "--all", "--diff", "1d ago"], ["ls", "web/files", "--patch"],
        ["restore", "web/files", "--path", "/x", "--path", "/y", "--to", "stdout"],
        ["restore", "web/files", "--to", "stdout"],
        ["restore", "web/files", "--at", "files@1", "--history", "--to", "x"],
    ])
    func `flags that mean nothing together are refused`(arguments: [String]) async throws {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        let ending = try await playground.run(arguments)
        #expect(ending.code == 2, "\(ending.text)")
        #expect(ending.output.isEmpty)
    }
}
