import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// Disks that run full under the real executable.
@Suite(.ownThreads) struct FullDiskTests {
    /// A file that no compressor shortens.
    private func noise(_ mebibytes: Int) -> String {
        var random = SeededGenerator(seed: 7)
        var text = ""
        text.reserveCapacity(mebibytes << 20)
        while text.utf8.count < mebibytes << 20 {
            let word = random.next()
            for shift in stride(from: 0 as UInt64, to: 60, by: 6) {
                text.unicodeScalars.append(Unicode.Scalar(UInt8(word >> shift & 63) + 48))
            }
        }
        return text
    }

    private func temporaries(below folder: FilePath) throws -> [String] {
        var found: [String] = []
        for name in try Directory.open(folder).names() {
            let path = folder.appending(name)
            if name.isTemporary { found.append(path.displayed) }
            if try FileSystem.status(path)?.isDirectory == true {
                found += try temporaries(below: path)
            }
        }
        return found
    }

    private func says(_ ending: Program.Ending, _ code: Int32, _ id: String) {
        #expect(ending.code == code, "\(ending.text)")
        #expect(ending.errors.contains("id: \(id)"), "\(ending.text)")
        #expect(ending.errors.contains("no space left on device"), "\(ending.text)")
        #expect(ending.errors.contains("Free some space there"), "\(ending.text)")
    }

    @Test
    func `a full vault fails the backup and nothing else`() async throws {
        let playground = try Playground()
        let disk = try SmallDisk(playground.vault, size: ByteCount(16 << 20))
        defer { disk.unmount() }
        try #require(await playground.initialise().code == 0)
        try #require(await playground.run(["backup"]).code == 0)
        let letter = try playground.read("source/letter")
        try playground.write("source/noise", noise(12))
        try playground.write("source/letter", "later\n")
        try disk.fill(leaving: ByteCount(2 << 20))
        says(try await playground.run(["backup", "web/files"]), 13, "E-STORE-FULL")
        // The small secret still finds room.
        says(try await playground.run(["backup"]), 3, "E-STORE-FULL")
        #expect(try temporaries(below: playground.vault) == [])
        #expect(try await playground.run(["check"]).code == 0)
        let old = try await playground.run(["restore", "web/files", "--to", "old", "--yes"])
        #expect(old.code == 0, "\(old.text)")
        #expect(try playground.read(playground.restored("old", "source/letter")) == letter)
        try disk.empty()
        try disk.resize(ByteCount(64 << 20))
        #expect(try await playground.run(["backup"]).code == 0)
        #expect(try await playground.run(["check", "--deep"]).code == 0)
        let new = try await playground.run(["restore", "web/files", "--to", "new", "--yes"])
        #expect(new.code == 0, "\(new.text)")
        for name in ["source/letter", "source/noise"] {
            let restored = playground.restored("new", name)
            #expect(try playground.read(restored) == playground.read(name))
        }
    }

    @Test
    func `a vault that finds no room at init is made later`() async throws {
        let playground = try Playground()
        let disk = try SmallDisk(playground.vault, size: ByteCount(24 << 10))
        defer { disk.unmount() }
        says(try await playground.initialise(), 13, "E-STORE-FULL")
        for name in ["lifeboat.yaml", "kit.txt", "state/keys"] {
            #expect(try FileSystem.status(playground.path.appending(name)) == nil)
        }
        #expect(try temporaries(below: playground.vault) == [])
        try disk.resize(ByteCount(4 << 20))
        let made = try await playground.initialise()
        #expect(made.code == 0, "\(made.text)")
        #expect(try await playground.run(["backup"]).code == 0)
    }

    @Test
    func `a full state folder fails the backup and nothing else`() async throws {
        let playground = try Playground()
        let state = playground.path.appending("state")
        let disk = try SmallDisk(state, size: ByteCount(256 << 20))
        defer { disk.unmount() }
        try #require(await playground.initialise().code == 0)
        try #require(await playground.run(["backup"]).code == 0)
        let letter = try playground.read("source/letter")
        try playground.write("source/letter", "later\n")
        try disk.fill(leaving: ByteCount(4096))
        let full = try await playground.run(["backup"])
        says(full, 1, "E-IO-FULL")
        #expect(full.errors.contains("\(state.string)/work"))
        #expect(try temporaries(below: state) == [])
        try disk.empty()
        #expect(try await playground.run(["check"]).code == 0)
        let old = try await playground.run(["restore", "web/files", "--to", "old", "--yes"])
        #expect(old.code == 0, "\(old.text)")
        #expect(try playground.read(playground.restored("old", "source/letter")) == letter)
        #expect(try await playground.run(["backup"]).code == 0)
        let new = try await playground.run(["restore", "web/files", "--to", "new", "--yes"])
        #expect(new.code == 0, "\(new.text)")
        #expect(try playground.read(playground.restored("new", "source/letter")) == "later\n")
    }

    @Test
    func `a place without room is refused before anything is written`() async throws {
        let playground = try await Playground.initialised()
        try playground.write("source/noise", noise(3))
        #expect(try await playground.run(["backup"]).code == 0)
        let out = playground.path.appending("out")
        let disk = try SmallDisk(out, size: ByteCount(2 << 20))
        defer { disk.unmount() }
        let refused = try await playground.run(["restore", "web/files", "--to", "out", "--yes"])
        #expect(refused.code == 15, "\(refused.text)")
        #expect(refused.errors.contains("id: E-RESTORE-ROOM"))
        #expect(try Directory.open(out).names().isEmpty)
        try disk.resize(ByteCount(8 << 20))
        let done = try await playground.run(["restore", "web/files", "--to", "out", "--yes"])
        #expect(done.code == 0, "\(done.text)")
    }

    @Test
    func `a disk that runs full under a restore is left as it was`() async throws {
        let playground = try await Playground.initialised()
        // Each takes a page of the disk for its one byte.
        try FileSystem.makeDirectories(playground.source.appending("many"), mode: 0o755)
        for number in 0..<800 { try playground.write("source/many/\(number)", "x") }
        let folder = try Directory.open(playground.source)
        let (first, second) = (try #require(FileName("letter")), try #require(FileName("more")))
        try folder.hardLink(first, to: folder, second)
        try folder.makeSymbolicLink(try #require(FileName("link")), target: Array("x".utf8))
        #expect(try await playground.run(["backup"]).code == 0)
        let out = playground.path.appending("out")
        let disk = try SmallDisk(out, size: ByteCount(2 << 20))
        defer { disk.unmount() }
        let restore = ["restore", "web/files", "--yes", "--to"]
        for place in ["out", "out/new"] {
            says(try await playground.run(restore + [place]), 1, "E-IO-FULL")
            #expect(try Directory.open(out).names().isEmpty)
        }
        try disk.resize(ByteCount(32 << 20))
        let done = try await playground.run(restore + ["out"])
        #expect(done.code == 0, "\(done.text)")
        for name in ["source/many/799", "source/more"] {
            let restored = playground.restored("out", name)
            #expect(try playground.read(restored) == playground.read(name))
        }
    }
}
