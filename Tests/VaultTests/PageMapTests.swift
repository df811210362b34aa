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

    @Test func `after 1,000 incrementals a restore reads at most two bytes for each it writes`()
        async throws
    {
        let seed: UInt64 = 54
        var random = SeededGenerator(seed: seed)
        let store = MemoryStore()
        let fixture = try await VaultFixture(in: store, packBytes: 8 << 20)
        // 1,024 pages that do not compress; each round changes ten anywhere, so that all are rewritten ten times.
        let (pages, pageBytes) = (1_024, 8_192)
        var bytes = random.bytes(pages * pageBytes)
        var last = try await fixture.backUp(["pages/a": bytes])
        var stored = last.head.sizes.added
        for _ in 0..<1_000 {
            for _ in 0..<10 {
                let start = Int(random.next() % UInt64(pages)) * pageBytes
                bytes.replaceSubrange(start..<start + pageBytes, with: random.bytes(pageBytes))
            }
            last = try await fixture.backUp(["pages/a": bytes])
            stored += last.head.sizes.added
        }
        store.forgetOperations()
        #expect(try await fixture.restore(last) == ["pages/a": bytes], "seed \(seed)")
        let reads = store.operations.filter { $0.name.hasPrefix("packs/") }
        let total = reads.reduce(0) { $0 + $1.bytes }
        print(
            "page map: 1,000 incrementals, seed \(seed): \(last.head.packs.count) packs,",
            "\(reads.count) reads, \(total) bytes read for \(bytes.count), \(stored) stored in all"
        )
        #expect(total <= 2 * bytes.count)
        // What cleaning adds stays below what changed.
        #expect(stored < 2 * 10_000 * Int64(pageBytes))
    }
}
