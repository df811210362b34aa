import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// A file tree that holds the vault, the keys and the recovery kit too.
@Suite(.ownThreads) struct OwnPlacesTests {
    /// Everything of a playground is protected, and so is all that Lifeboat keeps there.
    private func wholeFolder(_ sources: [String] = ["--files", "."]) async throws -> Playground {
        let playground = try Playground()
        let made = try await playground.run(
            ["init", "web", "--copy", "vault", "--state", "state", "--host", "h1"] + sources
        )
        try #require(made.code == 0, "\(made.text)")
        return playground
    }

    private func names(_ folder: FilePath) throws -> [String] {
        try Directory.open(folder).names().map { "\($0)" }
    }

    @Test
    func `a second backup does not hold the first`() async throws {
        let playground = try await wholeFolder()
        let first = try await playground.run(["backup", "--json"])
        #expect(first.code == 0, "\(first.text)")
        for own in ["vault", "state"] {
            let path = playground.path.appending(own).string
            #expect(first.output.contains("'\(path)' is left out: it is Lifeboat's own"))
        }
        let second = try await playground.run(["backup", "--json"])
        #expect(second.code == 0)
        let sizes = [first, second].map { ending in
            ending.output.split(separator: "\"bytes_source\":").last?.prefix { $0.isNumber } ?? ""
        }
        #expect(sizes[0] == sizes[1] && !sizes[0].isEmpty)
        let restore = [
            "restore", "--yes", "--to", "../\(playground.path.lastComponent?.string ?? "").out",
        ]
        let back = try await playground.run(restore)
        let out = FilePath(playground.path.string + ".out")
        defer { try? FileSystem.removeTree(out) }
        #expect(back.code == 0, "\(back.text)")
        let restored = out.appending(String(playground.path.string.dropFirst()))
        #expect(try names(restored) == ["lifeboat.yaml", "secret.env", "source"])
    }

    @Test
    func `neither another name nor a link leads to them`() async throws {
        let playground = try await wholeFolder()
        let folder = try Directory.open(playground.path)
        let keys = try Directory.open(playground.path.appending("state/keys"))
        let (identity, other) = (
            try #require(FileName("data.identity")), try #require(FileName("other"))
        )
        // The identity that the configuration names, by a second name.
        try keys.hardLink(identity, to: folder, other)
        let link = try #require(FileName("link"))
        try folder.makeSymbolicLink(link, target: Array("vault".utf8))
        try playground.edit("\(playground.path.string)/vault", "\(playground.path.string)/link")
        let backup = try await playground.run(["backup"])
        #expect(backup.code == 0, "\(backup.text)")
        let out = FilePath(playground.path.string + ".out")
        defer { try? FileSystem.removeTree(out) }
        #expect(try await playground.run(["restore", "--yes", "--to", out.string]).code == 0)
        let restored = out.appending(String(playground.path.string.dropFirst()))
        #expect(try names(restored) == ["lifeboat.yaml", "link", "secret.env", "source"])
    }

    @Test(arguments: ["vault", "vault/packs", "state", "state/keys/data.identity"])
    func `what is Lifeboat's own is refused as a path`(own: String) async throws {
        let playground = try await Playground.initialised()
        let source = playground.source.string
        try playground.edit("[\(source)]", "[\(source), \(playground.path.string)/\(own)]")
        let ending = try await playground.run(["backup", "web/files"])
        #expect(ending.code == 15, "\(ending.text)")
        #expect(ending.errors.contains("id: E-FILES-OWN"))
        #expect(ending.errors.contains("\(playground.path.string)/\(own)"))
    }

    @Test
    func `a kit that the configuration is read from is left out`() async throws {
        let playground = try await Playground.initialised()
        try playground.write("source/kit.txt", try playground.read("kit.txt"))
        let backup = try await playground.run(["backup", "--config", "source/kit.txt"])
        #expect(backup.code == 0, "\(backup.text)")
        #expect(backup.errors.contains("source/kit.txt' is left out"))
    }

    @Test
    func `a new kit is kept out of what it opens`() async throws {
        let playground = try Playground()
        let initialise = ["init", "web", "--copy", "vault", "--state", "state", "--host", "h1"]
        let secrets = initialise + ["--secrets", "source", "--kit", "source/kit.txt"]
        let refused = try await playground.run(secrets)
        #expect(refused.code == 15, "\(refused.text)")
        #expect(refused.errors.contains("id: E-INIT-KIT"))
        #expect(try names(playground.path) == ["secret.env", "source"])
        let odd = "source/deep/kit [a]*.txt"
        let made = try await playground.run(initialise + ["--files", "source", "--kit", odd])
        #expect(made.code == 0, "\(made.text)")
        #expect(try await playground.run(["backup"]).code == 0)
        let out = ["restore", "--yes", "--to", "out", "--identity", odd]
        #expect(try await playground.run(out).code == 0)
        let deep = playground.restored("out", "source/deep")
        #expect(try names(playground.path.appending(deep)) == ["noise"])
    }
}
