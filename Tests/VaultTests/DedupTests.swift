import Model
import ObjectStorage
import Sealing
import TestKit
import Testing
import Vault

@Suite struct DedupTests {
    @Test func `the same files again add nothing and write no pack`() async throws {
        let store = MemoryStore()
        let fixture = try await VaultFixture(in: store)
        let files = SampleFiles.manyShapes(seed: 1)
        try await fixture.backUp(files)
        for isForgetting in [false, true] {
            if isForgetting { try fixture.forgetState() }
            let packs = Forgery.names(store, "packs/")
            let snapshot = try await fixture.backUp(files)
            #expect(snapshot.head.sizes.added == 0)
            #expect(snapshot.head.sizes.stored == 0)
            #expect(Forgery.names(store, "packs/") == packs)
            #expect(try await fixture.restore(snapshot) == files)
        }
    }

    @Test func `the kept table spares reading the packs`() async throws {
        let store = MemoryStore()
        let fixture = try await VaultFixture(in: store)
        let files = SampleFiles.manyShapes(seed: 1)
        try await fixture.backUp(files)
        store.forgetOperations()
        try await fixture.backUp(files)
        #expect(!store.operations.contains { $0.name.hasPrefix("packs/") && $0.kind == .read })
    }

    @Test func `a table of another head is not used`() async throws {
        let store = MemoryStore()
        let fixture = try await VaultFixture(in: store)
        var random = SeededGenerator(seed: 1)
        let old = random.bytes(300_000)
        try await fixture.backUp(["a": old])
        // A second state folder, as on a machine restored from an image: this one never sees snapshot 2.
        let other = VaultFixture(movingTo: try ScratchFolder(), from: fixture)
        let new = random.bytes(300_000)
        try await other.backUp(["a": new])
        let snapshot = try await fixture.backUp(["a": new, "b": old])
        #expect(snapshot.head.seq == 3)
        // The old content is in no pack of the newest head, so it counts as new.
        #expect(try await fixture.restore(snapshot) == ["a": new, "b": old])
    }

    @Test func `one changed page of ten thousand is one page added`() async throws {
        var random = SeededGenerator(seed: 11)
        var bytes = random.bytes(512 * 10_000)
        let fixture = try await VaultFixture(in: MemoryStore(), packBytes: 1 << 20)
        let first = try await fixture.backUp(["pages512/a": bytes])
        bytes[512 * 5_000 + 17] ^= 1
        let second = try await fixture.backUp(["pages512/a": bytes])
        // One page, and the one chunk of the manifest that changed.
        #expect(second.head.sizes.added >= 512)
        #expect(second.head.sizes.added < 512 + 16_384)
        #expect(first.head.sizes.added >= 512 * 10_000)
        #expect(try await fixture.restore(second) == ["pages512/a": bytes])
    }

    @Test(arguments: [0, 1, 4_000_000, 8 << 20])
    func `one byte inserted costs three chunks at most`(
        position: Int
    ) async throws {
        var random = SeededGenerator(seed: 12)
        var bytes = random.bytes(8 << 20)
        let fixture = try await VaultFixture(in: MemoryStore(), packBytes: 4 << 20)
        try await fixture.backUp(["a": bytes])
        bytes.insert(99, at: position)
        let second = try await fixture.backUp(["a": bytes])
        #expect(second.head.sizes.added <= 3 * (2 << 20))
        #expect(second.head.sizes.added < 4 << 20)
        #expect(try await fixture.restore(second) == ["a": bytes])
    }

    @Test func `equal contents within one session are stored once`() async throws {
        var random = SeededGenerator(seed: 13)
        let bytes = random.bytes(500_000)
        let fixture = try await VaultFixture(in: MemoryStore())
        let snapshot = try await fixture.backUp(["a": bytes, "b": bytes, "c/d": bytes])
        #expect(snapshot.head.sizes.added < 520_000)
        #expect(try await fixture.restore(snapshot) == ["a": bytes, "b": bytes, "c/d": bytes])
    }

    @Test func `content of the snapshot before is taken over without reading it`() async throws {
        let fixture = try await VaultFixture(in: MemoryStore())
        let files = SampleFiles.manyShapes(seed: 1)
        try await fixture.backUp(files)
        let second = try await fixture.vault.backUp(fixture.request, keys: fixture.keys) {
            (session) async throws(Fault) in
            let manifest = try await session.previousManifest()
            while let entry = try await manifest?.next() {
                try session.add(
                    entry,
                    content: entry.kind == .file ? session.content(of: entry) : nil
                )
            }
            return BackupDraft(time: Instant(seconds: 0))
        }
        #expect(second.head.sizes.added == 0)
        #expect(try await fixture.restore(second) == files)
    }

    @Test func `snapshots are numbered and name the one before`() async throws {
        let store = MemoryStore()
        let fixture = try await VaultFixture(in: store)
        for number in 1...12 {
            let snapshot = try await fixture.backUp(["a": [UInt8(number)]])
            #expect(snapshot.head.seq == UInt64(number))
            let names = Forgery.names(store, "snapshots/")
            #expect(names.count == number)
            #expect(names.last?.text == snapshot.id.description)
            if number > 1 {
                let before = try #require(store.contents[names[number - 2]])
                #expect(snapshot.head.previous == [Hashing.sha256(before)])
            }
        }
        let list = try await fixture.vault.snapshots(of: fixture.stream)
        #expect(list.snapshots.map(\.id.seq) == Array(1...12))
        #expect(list.refused.isEmpty)
    }
}
