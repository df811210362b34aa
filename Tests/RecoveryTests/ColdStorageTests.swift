import Model
import ObjectStorage
import Recovery
import SystemIO
import SystemPackage
import TestKit
import Testing

/// A copy whose packs must be thawed before they can be read.
@Suite(.ownThreads) struct ColdStorageTests {
    /// A stack whose one copy stores its packs in cold storage.
    private struct Stand {
        let bucket: Bucket
        let playground: Playground

        init(_ flags: [String] = []) async throws {
            bucket = try Bucket(.moto)
            playground = try Playground()
            let ending = try await run(
                [
                    "init", "web", "--copy", bucket.url, "--files", "source", "--state", "state",
                    "--host", "h1", "--kit", "kit.txt",
                ] + flags
            )
            try #require(ending.code == 0, "\(ending.text)")
            try playground.edit(
                "url: \(bucket.url)",
                "url: \(bucket.url), storage_class: GLACIER"
            )
        }

        func run(_ words: [String]) async throws -> Program.Ending {
            try await playground.run(words, variables: bucket.variables)
        }
    }

    @Test func `a restore says what must be thawed, asks for it, and goes on once it can be read`()
        async throws
    {
        let stand = try await Stand(["--secrets", "secret.env"])
        let playground = stand.playground
        #expect(try await stand.run(["backup"]).code == 0)
        let words = ["restore", "--to", "out", "--yes", "--identity", "kit.txt"]
        let cold = try await stand.run(words)
        #expect(cold.code == 13, "\(cold.text)")
        #expect(cold.output.contains("lie in GLACIER"), "\(cold.text)")
        #expect(cold.output.contains("within 5 to 12 hours, about $0.00"), "\(cold.text)")
        #expect(cold.output.contains("within 3 to 5 hours, about $0.0"), "\(cold.text)")
        #expect(cold.errors.contains("--thaw"), "\(cold.text)")
        let asked = try await stand.run(words + ["--thaw"])
        #expect(asked.code == 3 && asked.errors.contains("id: E-THAWING"), "\(asked.text)")
        #expect(asked.errors.contains("again in 5 to 12 hours"), "\(asked.text)")
        #expect(try FileSystem.status(playground.path.appending("out")) == nil)
        let done = try await stand.run(words + ["--thaw"])
        #expect(done.code == 0, "\(done.text)")
        #expect(
            try playground.read(playground.restored("out/files", "source/letter"))
                == "dear reader\n"
        )
    }

    @Test func `the snapshot that was named is what is thawed`() async throws {
        let stand = try await Stand()
        let playground = stand.playground
        #expect(try await stand.run(["backup"]).code == 0)
        // Nothing of the first snapshot is in the second one.
        try playground.write("source/letter", "another letter\n")
        try playground.write("source/deep/noise", "quiet\n")
        let next = try await stand.run(["backup"])
        try #require(next.code == 0, "\(next.text)")
        let words = ["restore", "web/files", "--to", "out", "--yes", "--identity", "kit.txt"]
        let older = words + ["--at", "files@1", "--thaw"]
        let asked = try await stand.run(older)
        #expect(asked.code == 3 && asked.errors.contains("id: E-THAWING"), "\(asked.text)")
        // What nobody asked for is still cold.
        let newest = try await stand.run(words)
        #expect(newest.code == 13, "\(newest.text)")
        let done = try await stand.run(older)
        #expect(done.code == 0, "\(done.text)")
        #expect(
            try playground.read(playground.restored("out", "source/letter")) == "dear reader\n"
        )
        let unknown = try await stand.run(words + ["--at", "files@7"])
        #expect(unknown.code == 15 && unknown.errors.contains("id: E-SNAPSHOT-NONE"))
    }

    @Test func `a history whose last snapshot is cold is stored again`() async throws {
        let stand = try await Stand()
        let playground = stand.playground
        let history =
            "  history: {kind: configuration, path: \(playground.source.string), include: [letter]}\n"
        try playground.write("lifeboat.yaml", playground.read("lifeboat.yaml") + history)
        #expect(try await stand.run(["backup", "web/history"]).code == 0)
        try playground.write("source/letter", "another letter\n")
        let next = try await stand.run(["backup", "web/history"])
        #expect(next.code == 0, "\(next.text)")
    }

    @Test func `prices grow with what is thawed, and bulk is never dearer`() {
        for archive in [ArchiveClass.flexible, .deep] {
            let price = { (objects: Int, isUrgent: Bool) in
                archive.cents(
                    objects: objects,
                    bytes: Int64(objects) << 25,
                    isUrgent: isUrgent
                )
            }
            #expect(price(0, true) == 0)
            #expect(price(1_000, true) < price(2_000, true))
            #expect(price(1_000, false) < price(1_000, true))
        }
        // 15,000,000 objects of 100 TB in all: the example of AWS's own help pages.
        let bytes = Int64(102_400) << 30
        let cents = ArchiveClass.flexible.cents(objects: 15_000_000, bytes: bytes, isUrgent: true)
        #expect(cents == 177_400)
    }
}
