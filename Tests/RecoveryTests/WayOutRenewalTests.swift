import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// The way out of an earlier release in a vault of today.
@Suite(.ownThreads) struct WayOutRenewalTests {
    private static let golden = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .appending("GoldenTests/Vaults/format-1-0.1.0/vault/recover.py")

    @Test
    func `once a key is revoked an earlier recover.py is damage, and a repair puts ours there`()
        async throws
    {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        let revoke = ["key", "revoke", "h1", "--kit", "kit.txt"]
        #expect(try await playground.run(revoke).code == 0)
        let place = playground.vault.appending("recover.py")
        let own = try DurableFile.read(place, limit: ByteCount(1 << 20))
        let old = try DurableFile.read(Self.golden, limit: ByteCount(1 << 20))
        try DurableFile.replace(place, with: old, mode: 0o600)
        let check = try await playground.run(["check"])
        #expect(check.code == 5 && check.text.contains("recover.py"), "\(check.text)")
        _ = try await playground.run(["check", "--repair"])
        #expect(try DurableFile.read(place, limit: ByteCount(1 << 20)) == own)
        #expect(try await playground.run(["check"]).code == 0)
    }

    @Test func `an earlier recover.py is no damage, and the next backup replaces it once`()
        async throws
    {
        let playground = try await Playground.initialised()
        let today = try playground.read("vault/recover.py")
        let then = String(
            decoding: try DurableFile.read(Self.golden, limit: ByteCount(1 << 20)),
            as: UTF8.self
        )
        try #require(then != today)
        try #require(await playground.run(["backup"]).code == 0)
        try playground.write("vault/recover.py", then)
        // What this release's first backup finds: nobody remembers that the copy was given its files.
        try playground.remove("state/work")
        for words in [["check"], ["status"]] {
            let ending = try await playground.run(words)
            #expect(ending.code == 0, "\(ending.text)")
        }
        let backup = try await playground.run(["backup"])
        #expect(backup.code == 0, "\(backup.text)")
        #expect(try playground.read("vault/recover.py") == today)
        #expect(try await playground.run(["check"]).code == 0)
        // Now it was given this release's: who puts the earlier one back is found, without any revoked key.
        try playground.write("vault/recover.py", then)
        for words in [["check"], ["status"]] {
            let ending = try await playground.run(words)
            #expect(ending.code == 5, "\(ending.text)")
            #expect(ending.text.contains("an earlier release's is there"), "\(ending.text)")
        }
        #expect(try await playground.run(["check", "--repair"]).code == 0)
        #expect(try playground.read("vault/recover.py") == today)
        #expect(try await playground.run(["status"]).code == 0)
        // It was given this release's once; somebody who puts another one there is for check and repair.
        try playground.write("vault/recover.py", then + "\n")
        #expect(try await playground.run(["backup"]).code == 0)
        #expect(try await playground.run(["check"]).code == 5)
        #expect(try playground.read("vault/recover.py") == then + "\n")
    }
}
