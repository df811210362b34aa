import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// A piece of Redis's log that is gone from copies, through the real executable.
@Suite(.serialized, .ownThreads) struct RedisLogHoleTests {
    /// The log of the only epoch in a copy, in the order of positions.
    private static func pieces(_ playground: Playground, _ copy: String) throws -> [FilePath] {
        let root = playground.path.appending("\(copy)/log/h1.web.redis")
        let epochs = try Directory.open(root).names()
        #expect(epochs.count == 1)
        let epoch = root.appending(try #require(epochs.first))
        return try Directory.open(epoch).names().map(\.description).sorted()
            .map { epoch.appending($0) }
    }

    /// A stack with the same log in the copies `local` and `b`.
    private static func copied(_ server: RedisServer) async throws -> Playground {
        let playground = try await Playground.protectingLog(of: server)
        try await playground.whileRunning { () async throws(Fault) in
            for number in 0..<4 {
                _ = try await server.ask("SET", "a", "\(number)")
                _ = try await playground.recoverableMoment()
            }
        }
        try playground.addCopies(["b": ""])
        let copy = try await playground.run(["copy", "--to", "b"])
        #expect(copy.code == 0, "\(copy.text)")
        return playground
    }

    @Test func `a piece that is gone is told, brought from another copy, and damage without one`()
        async throws
    {
        let server = try RedisServer.beating()
        defer { server.remove() }
        let playground = try await Self.copied(server)
        let whole = try await playground.run(["check"])
        #expect(whole.code == 0 && !whole.output.contains("lacks:"), "\(whole.text)")

        let pieces = try Self.pieces(playground, "vault")
        #expect(pieces.count > 2, "\(pieces)")
        let piece = pieces[pieces.count / 2]
        let other = try Self.pieces(playground, "b")[pieces.count / 2]
        let name = try #require(piece.lastName).description
        #expect(other.lastName?.description == name)
        let bytes = try DurableFile.read(piece, limit: ByteCount(16 << 20))
        try FileSystem.removeTree(piece)
        let lacking = try await playground.run(["check"])
        #expect(lacking.code == 0, "\(lacking.text)")
        #expect(lacking.output.contains("lacks: log/h1.web.redis/"), "\(lacking.text)")
        #expect(lacking.output.contains("lifeboat check --copy local --repair"))
        let json = try await playground.run(["check", "--depth", "listing", "--json"])
        #expect(json.output.contains("\"lacking\":[{\"object\":\"log/"), "\(json.text)")
        let brought = try await playground.run(["check", "--repair"])
        #expect(brought.code == 0, "\(brought.text)")
        #expect(brought.output.contains("\(name), from copy b"), "\(brought.text)")
        #expect(try DurableFile.read(piece, limit: ByteCount(16 << 20)) == bytes)
        #expect(try await !playground.run(["check"]).output.contains("lacks:"))

        for path in [piece, other] { try FileSystem.removeTree(path) }
        for flags in [[], ["--depth", "listing"], ["--copy", "b"], ["--repair"]] {
            let lost = try await playground.run(["check"] + flags)
            #expect(lost.code == 5, "\(lost.text)")
            #expect(lost.output.contains("of the log before it are gone"), "\(lost.text)")
            #expect(
                lost.output.contains("not mended: unable to mend the log at")
                    == (flags == ["--repair"]),
                "\(lost.text)"
            )
        }
        #expect(try await playground.run(["status"]).code == 5)
        // While the other copy is away it may have it.
        let root = try Directory.open(playground.path)
        let (here, away) = (try #require(FileName("b")), try #require(FileName("away")))
        try root.rename(here, to: away)
        let doubtful = try await playground.run(["check", "--copy", "local"])
        #expect(doubtful.code == 0, "\(doubtful.text)")
        #expect(doubtful.output.contains("one that cannot be asked may hold them"))
        try root.rename(away, to: here)
        try DurableFile.replace(other, with: bytes, mode: 0o600)
        let mended = try await playground.run(["check", "--repair"])
        #expect(mended.code == 0, "\(mended.text)")
        #expect(try await playground.run(["check"]).code == 0)
    }
}
