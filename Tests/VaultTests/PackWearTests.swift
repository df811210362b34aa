import Model
import TestKit
import Testing
import Vault

@Suite struct PackWearTests {
    private func pack(_ prefix: UInt64, stored: Int = 8 << 20, content: Int64, live: Int64)
        -> PackWear.Pack
    {
        PackWear.Pack(prefix: prefix, stored: stored, content: content, live: live)
    }

    @Test func `full packs are not worn`() {
        let packs = (1...300).map { pack($0, content: 1_000, live: 1_000) }
        #expect(PackWear.worn(packs, added: 1_000_000).isEmpty)
    }

    @Test func `those with the least life go first, until the rest holds little that is dead`() {
        let packs = [
            pack(1, content: 1_000, live: 900), pack(2, content: 1_000, live: 100),
            pack(3, content: 1_000, live: 200), pack(4, content: 1_000, live: 1_000),
        ]
        // 4,000 for 2,200 that live; with pack 2 stored anew it is 3,100.
        #expect(PackWear.worn(packs, added: 10_000) == [2])
    }

    @Test func `what is stored again is bounded by what was new, or by a sixteenth`() {
        let packs = (1...100).map { pack($0, content: 1_000, live: 160) }
        #expect(PackWear.worn(packs, added: 0).count == 6)
        #expect(PackWear.worn(packs, added: 1_600).count == 10)
    }

    @Test func `what is named twice counts once`() {
        let packs = [pack(1, content: 100, live: 5_000), pack(2, content: 5_000, live: 100)]
        #expect(PackWear.worn(packs, added: 5_000) == [2])
    }

    @Test func `many small packs become one`() {
        let few = (1...128).map { pack($0, stored: 9_000, content: 100, live: 100) }
        #expect(PackWear.worn(few, added: 100_000).isEmpty)
        let many = (1...129).map { pack($0, stored: 9_000, content: 100, live: 100) }
        #expect(PackWear.worn(many, added: 100_000).count == 129)
    }

    @Test func `never more than the table's head holds`() {
        let packs = (1...2_000).map { pack($0, stored: 9_000, content: 100, live: 1) }
        #expect(PackWear.worn(packs, added: 100_000).count == PackWear.limit)
    }

    @Test func `an unchanged file in a worn pack is to be read again`() async throws {
        let fixture = try await VaultFixture(in: MemoryStore(), packBytes: 8 << 20)
        var random = SeededGenerator(seed: 71)
        var files: [String: [UInt8]] = [:]
        for number in 0..<16 { files["chunks/\(number)"] = random.bytes(150_000) }
        try await fixture.backUp(files)
        // One file of sixteen stays: its pack is mostly dead.
        for number in 1..<16 { files["chunks/\(number)"] = random.bytes(150_000) }
        let second = try await fixture.backUp(files)
        let stays = try #require(
            try await fixture.entries(of: second).first { $0.displayedPath == "chunks/0" }
        )
        // A session that is given up, only to ask.
        var isReadAgain = false
        await #expect(throws: Fault.self) {
            try await fixture.vault.backUp(fixture.request, keys: fixture.keys) {
                session async throws(Fault) in
                isReadAgain = session.content(of: stays) == nil
                throw Fault(.cancelled, "unable to go on: the test has seen enough")
            }
        }
        #expect(isReadAgain)
        let third = try await fixture.backUp(files)
        #expect(try await fixture.restore(third) == files)
        #expect(third.head.packs.allSatisfy { !stays.extents.map(\.pack).contains($0.id.prefix) })
    }
}
