import Foundation
import Glibc
import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// `lifeboat wal import` of directories that servers and other tools have filled.
@Suite(.ownThreads) struct WALImportTests {
    /// The names of an archive's files below a folder of the playground.
    private func archive(_ stand: ArchiveStand, _ names: [String]) throws {
        let folder = stand.playground.path.appending("archive/deeper")
        try FileSystem.makeDirectories(folder, mode: 0o700)
        for name in names { _ = try stand.copy(of: name, as: "archive/deeper/\(name)") }
    }

    private func importing(_ stand: ArchiveStand) async throws -> Program.Ending {
        try await stand.playground.run(["wal", "import", "archive", "db/postgres"])
    }

    @Test func `an archive of plain and packed segments becomes log, once, and its gaps are shown`()
        async throws
    {
        let stand = try await ArchiveStand()
        defer { stand.server.remove() }
        let names = try (1...6).map { try stand.segment($0) }
        try archive(stand, names)
        let folder = stand.playground.path.appending("archive/deeper")
        for (program, name) in [("gzip", names[1]), ("zstd", names[2])] {
            let arguments = program == "zstd" ? ["-q", "--rm", name] : [name]
            _ = try await Command(program, arguments: arguments, workingDirectory: folder)
                .runSuccessfully(outputLimit: 1 << 10)
        }
        try stand.playground.remove("archive/deeper/\(names[3])")
        try stand.playground.write("archive/00000002.history", "1\t0/9000000\tfor a test\n")
        try stand.playground.write("archive/readme", "not of a log\n")
        let first = try await importing(stand)
        #expect(first.code == 0, "\(first.text)")
        #expect(
            first.output.contains("5 segments stored, 0 were there; 1 histories; 1 other files")
        )
        #expect(first.output.contains("timeline 1:") && first.output.contains(", gap, "))
        let count = try stand.pieces().count
        let second = try await importing(stand)
        #expect(second.code == 0, "\(second.text)")
        #expect(second.output.contains("0 segments stored, 5 were there"), "\(second.text)")
        #expect(try stand.pieces().count == count)
        _ = try stand.copy(of: names[3], as: "archive/\(names[3])")
        let third = try await importing(stand)
        #expect(third.output.contains("1 segments stored, 5 were there"), "\(third.text)")
        for name in names {
            #expect(try await stand.fetch(name).code == 0)
            #expect(try stand.isSame("fetched", name))
        }
        #expect(try await stand.fetch("00000002.history").code == 0)
        #expect(try await stand.playground.run(["check", "--deep"]).code == 0)
    }

    @Test func `moments of an imported archive can be restored, though no heartbeat tells of them`()
        async throws
    {
        let stand = try await ArchiveStand()
        defer { stand.server.remove() }
        for number in 1...4 { _ = try stand.segment(number) }
        try archive(stand, try stand.segments())
        #expect(try await importing(stand).code == 0)
        try stand.server.stop(.fast)
        let restored = try PostgresServer.emptyDirectory()
        defer { restored.remove() }
        let out = "\(restored.root.path)/out"
        let ending = try await stand.playground.run([
            "restore", "db/postgres", "--to", out, "--yes",
        ])
        #expect(ending.code == 0, "\(ending.text)")
        try FileManager.default.moveItem(atPath: out, toPath: restored.data.path)
        try restored.adoptData()
        try restored.start()
        #expect(try restored.psql("SELECT sum(n) FROM t") == "10")
    }

    @Test func `a folder with another cluster's log is refused before anything is stored`()
        async throws
    {
        let stand = try await ArchiveStand()
        defer { stand.server.remove() }
        let stranger = try PostgresServer.make(initdb: ["--wal-segsize=1"])
        defer { stranger.remove() }
        try stranger.start()
        let names = try (1...2).map { try stand.segment($0) }
        try archive(stand, names)
        let name = try stranger.psql("SELECT pg_walfile_name(pg_switch_wal())")
        let bytes = try DurableFile.read(
            FilePath(stranger.data.path).appending("pg_wal/\(name)"),
            limit: ByteCount(1 << 20)
        )
        // Under a name behind all the others, in a folder that is looked at last.
        let path = stand.playground.path.appending("archive/deeper/zz")
        try FileSystem.makeDirectories(path, mode: 0o700)
        try DurableFile.create(path.appending(name), with: bytes, mode: 0o600)
        let before = try stand.pieces()
        let foreign = try await importing(stand)
        #expect(foreign.code == 15 && foreign.errors.contains("E-PG-FOREIGN"), "\(foreign.text)")
        #expect(try stand.pieces() == before)
        try stand.playground.remove("archive/deeper/zz")
        _ = try stand.copy(of: names[1], as: "archive/deeper/\(names[1])") { $0.removeLast(100) }
        let damaged = try await importing(stand)
        #expect(damaged.code == 3 && damaged.errors.contains("E-WAL-FORM"), "\(damaged.text)")
        #expect(damaged.output.contains("1 segments stored"))
        try stand.playground.remove("archive/deeper")
        let empty = try await importing(stand)
        #expect(empty.code == 15 && empty.errors.contains("E-WAL-FORM"), "\(empty.text)")
    }
}
