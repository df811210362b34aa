import Model
import Sealing
import TestKit
import Testing
import Vault

@Suite struct PageMapTests {
    /// Writes, growth, cuts and zero pages at random, as a database does between backups.
    private func edit(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        switch random.next() % 8 {
        case 0: bytes += random.bytes(Int(random.next() % 3_000))
        case 1: bytes.removeLast(min(bytes.count, Int(random.next() % 2_000)))
        case 2:
            let page = Int(random.next() % UInt64(bytes.count / 512 + 1)) * 512
            for index in page..<min(page + 512, bytes.count) { bytes[index] = 0 }
        default:
            for _ in 0..<4 where !bytes.isEmpty {
                bytes[Int(random.next() % UInt64(bytes.count))] ^= 1
            }
        }
    }

    @Test(arguments: [UInt64(51), 52, 53]) func `every snapshot of a changing file is the model's`(
        seed: UInt64
    ) async throws {
        var random = SeededGenerator(seed: seed)
        var bytes = random.bytes(60_000)
        let fixture = try await VaultFixture(in: MemoryStore())
        var kept: [(Snapshot, [UInt8])] = []
        for round in 0..<40 {
            kept.append((try await fixture.backUp(["pages512/a": bytes, "pages/b": bytes]), bytes))
            edit(&bytes, &random)
            if round == 20 { try fixture.forgetState() }
        }
        for (snapshot, model) in kept {
            let files = ["pages512/a": model, "pages/b": model]
            #expect(try await fixture.restore(snapshot) == files, "seed \(seed)")
        }
    }

    @Test func `after many incrementals a restore reads every pack once`()
        async throws
    {
        var random = SeededGenerator(seed: 54)
        let store = MemoryStore()
        let fixture = try await VaultFixture(in: store, packBytes: 256 << 10)
        // 2,048 pages; each round changes eight, so that all have been rewritten several times.
        var bytes = random.bytes(2_048 * 512)
        var last = try await fixture.backUp(["pages512/a": bytes])
        for _ in 0..<300 {
            for _ in 0..<8 {
                let page = Int(random.next() % 2_048) * 512
                bytes.replaceSubrange(page..<page + 512, with: random.bytes(512))
            }
            last = try await fixture.backUp(["pages512/a": bytes])
        }
        let entry = try #require(
            try await fixture.entries(of: last).first { $0.kind == .file }
        )
        store.forgetOperations()
        #expect(try await fixture.restore(last) == ["pages512/a": bytes])
        let read = store.operations.filter { $0.name.hasPrefix("packs/") }
        let total = read.reduce(0) { $0 + $1.bytes }
        print(
            "page map: 300 incrementals, \(last.head.packs.count) packs, \(entry.extents.count) extents,",
            "\(read.count) reads, \(total) bytes read for \(bytes.count)"
        )
        // No pack is read twice: its front, then the whole of it or the frames that are wanted.
        let stored = last.head.packs.reduce(0) { $0 + $1.bytes + 4096 }
        #expect(total <= stored)
        #expect(total < 10 * bytes.count)
    }
}
