import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// What the system allows the real executable is too little.
@Suite(.ownThreads) struct LimitsTests {
    private func says(_ ending: Program.Ending, _ code: Int32, _ id: String, _ fact: String) {
        #expect(ending.code == code, "\(ending.text)")
        #expect(ending.errors.contains("id: \(id)"), "\(ending.text)")
        #expect(ending.errors.contains(fact), "\(ending.text)")
    }

    private func scatter(_ playground: Playground, folders: Int) throws {
        for number in 0..<folders {
            let folder = "source/folder\(number)/a/b/c"
            try FileSystem.makeDirectories(playground.path.appending(folder), mode: 0o755)
            try playground.write("\(folder)/file", "file \(number)\n")
        }
    }

    @Test func `a hundred open files are enough, and too few are told`() async throws {
        let playground = try await Playground.initialised()
        try scatter(playground, folders: 150)
        let few = ["--nofile=100"]
        let backup = try await playground.run(["backup"], limits: few)
        #expect(backup.code == 0, "\(backup.text)")
        let words = ["restore", "web/files", "--yes", "--to"]
        let restored = try await playground.run(words + ["out"], limits: few)
        #expect(restored.code == 0, "\(restored.text)")
        let ending = try await playground.run(words + ["other"], limits: ["--nofile=40"])
        says(ending, 1, "E-IO-LIMIT", "too many open files")
        let place = playground.path.appending("other").string
        #expect(ending.errors.contains("below '\(place)'; remove that"), "\(ending.text)")
        try playground.remove("other")
        #expect(try await playground.run(["check"], limits: few).code == 0)
        #expect(try await playground.run(words + ["other"]).code == 0)
    }

    @Test func `a limit on the size of files is an error, not an end by a signal`() async throws {
        let playground = try await Playground.initialised()
        var random = SeededGenerator(seed: 5)
        try DurableFile.create(
            playground.source.appending("big"),
            with: random.bytes(3 << 20),
            mode: 0o600
        )
        says(
            try await playground.run(["backup", "web/files"], limits: ["--fsize=1000000"]),
            13,
            "E-STORE-FULL",
            "file too large"
        )
        #expect(try await playground.run(["backup"]).code == 0)
        let words = ["restore", "web/files", "--yes", "--to", "out"]
        let ending = try await playground.run(words, limits: ["--fsize=1000000"])
        says(ending, 1, "E-IO-FAILED", "file too large")
        try playground.remove("out")
        #expect(try await playground.run(words).code == 0)
    }

    @Test func `a vault that can only be read restores and takes no backup`() async throws {
        let playground = try Playground()
        let disk = try SmallDisk(playground.vault, size: ByteCount(16 << 20))
        defer { disk.unmount() }
        try #require(await playground.initialise().code == 0)
        try #require(await playground.run(["backup"]).code == 0)
        try disk.makeReadOnly()
        try playground.write("source/letter", "later\n")
        says(try await playground.run(["backup"]), 13, "E-STORE-DENIED", "read-only file system")
        for words in [["ls"], ["check"], ["restore", "web/files", "--to", "out", "--yes"]] {
            let ending = try await playground.run(words)
            #expect(ending.code == 0, "\(words) \(ending.text)")
        }
    }
}
