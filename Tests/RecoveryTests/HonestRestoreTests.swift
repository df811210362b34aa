import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// A restore that cannot give the newest says so, and one that would do harm is refused.
@Suite(.ownThreads) struct HonestRestoreTests {
    private let words = ["restore", "web/files", "--yes", "--to"]

    private func snapshots(_ playground: Playground) throws -> [FilePath] {
        let folder = playground.vault.appending("snapshots/h1.web.files")
        return try Directory.open(folder).names().map { folder.appending($0) }
    }

    private func backUpThrice() async throws -> Playground {
        let playground = try await Playground.initialised()
        for round in 1...3 {
            try playground.write("source/letter", "round \(round)\n")
            try #require(await playground.run(["backup"]).code == 0)
        }
        return playground
    }

    @Test(arguments: [true, false])
    func `an older snapshot in the place of a damaged or lost one is no success`(isLost: Bool)
        async throws
    {
        let playground = try await backUpThrice()
        let newest = try #require(try snapshots(playground).last)
        if isLost {
            try FileSystem.removeTree(newest)
        } else {
            let file = try Descriptor.open(newest, .readWrite)
            try file.write([0xff], at: 100)
        }
        let ending = try await playground.run(words + ["out"])
        #expect(ending.code == 5, "\(ending.text)")
        let fact = isLost ? "is gone" : "a newer snapshot cannot be used"
        let parts = ending.output.split(separator: "Plan:", omittingEmptySubsequences: false)
        #expect(parts.last?.components(of: fact) == 2, "\(ending.text)")
        #expect(
            try playground.read(playground.restored("out", "source/letter")) == "round 2\n"
        )
        let json = try await playground.run(words + ["other", "--json"])
        #expect(json.code == 5 && json.output.contains(#""passed_over":["files: "#), "\(json.text)")
        // A moment before the loss is not touched by it.
        let first = try await playground.run(["ls", "web/files", "--json"])
        #expect(first.code == (isLost ? 0 : 5), "\(first.text)")
    }

    @Test func `a source that lost every file makes an incomplete snapshot`() async throws {
        let playground = try await backUpThrice()
        let away = playground.path.appending("away")
        try FileSystem.rename(playground.source, to: away)
        try FileSystem.makeDirectories(playground.source, mode: 0o755)
        let ending = try await playground.run(["backup", "web/files"])
        #expect(
            ending.code == 3 && ending.errors.contains("no file is left of 2"),
            "\(ending.text)"
        )
        try FileSystem.removeTree(playground.source)
        try FileSystem.rename(away, to: playground.source)
        #expect(try await playground.run(["backup", "web/files"]).code == 0)
    }

    @Test(arguments: ["vault/packs/zz", "state", "state/keys/zz"])
    func `nothing is restored into what is Lifeboat's own`(place: String) async throws {
        let playground = try await backUpThrice()
        let ending = try await playground.run(words + [place])
        #expect(ending.code == 15, "\(ending.text)")
        #expect(ending.errors.contains("id: E-RESTORE-"), "\(ending.text)")
        #expect(try await playground.run(["check"]).code == 0)
    }

    @Test func `a snapshot that says it is a terabyte long costs no memory`() async throws {
        let playground = try await backUpThrice()
        let newest = try #require(try snapshots(playground).last)
        let file = try Descriptor.open(newest, .readWrite)
        try file.resize(to: 1 << 40)
        let limits = ["--as=\(8 << 30)"]
        for words in [["check"], ["status"], words + ["out"]] {
            let ending = try await playground.run(words, limits: limits)
            #expect(ending.code == 5, "\(words) \(ending.text)")
        }
    }

    @Test func `an interrupt at the question ends it at once`() async throws {
        let playground = try await backUpThrice()
        let ending = try await TypedProgram.run(
            try Program.path,
            ["restore", "web/files", "--to", "out"],
            in: playground.path,
            answers: [("to continue: ", "\u{3}")]
        )
        #expect(ending.code == 130, "\(ending.screen)")
        #expect(try FileSystem.status(playground.path.appending("out")) == nil)
    }
}

extension Substring {
    /// How often a text occurs.
    fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
