import Model
import ObjectStorage
import TestKit
import Testing
import Vault

/// What a backup asks of its store, since providers charge for each request.
@Suite(.networkThreads) struct RequestCountTests {
    /// Backs up so many bytes that are new, after a first backup; the new packs and the requests beside theirs.
    private static func rest(
        _ fixture: VaultFixture,
        bytes: Int,
        seed: UInt64,
        requests: () -> Int
    ) async throws -> (packs: Int, rest: Int) {
        var random = SeededGenerator(seed: seed)
        let before = try await count(fixture.vault)
        let start = requests()
        try await fixture.backUp(["a": random.bytes(bytes)])
        let end = requests()
        let packs = try await count(fixture.vault) - before
        return (packs, end - start - packs)
    }

    private static func count(_ vault: Vault) async throws -> Int {
        var count = 0
        try await vault.store.list("packs/") { (_) throws(Fault) in count += 1 }
        return count
    }

    @Test func `a backup of n packs takes n requests and a few more, however many n is`()
        async throws
    {
        let store = MeteredStore(MemoryStore())
        let fixture = try await VaultFixture(in: store)
        try await fixture.backUp(["a": [1]])
        var seen: [Int] = []
        var fewer = 0
        for (index, bytes) in [1_000_000, 4_000_000, 8_000_000].enumerated() {
            let (packs, rest) = try await Self.rest(
                fixture,
                bytes: bytes,
                seed: UInt64(index),
                requests: { store.usage.total }
            )
            #expect(packs > fewer)
            fewer = packs
            seen.append(rest)
        }
        #expect(Set(seen).count == 1, "\(seen)")
        #expect(seen.allSatisfy { $0 <= 12 }, "\(seen)")
    }

    @Test func `on S3 too, whether the server refuses to replace objects or not`() async throws {
        let moto = try MotoServer()
        let rclone = try RcloneServer()
        for bucket in [try moto.bucket(), try rclone.bucket()] {
            let store = try bucket.store()
            let fixture = try await VaultFixture(in: store)
            try await fixture.backUp(["a": [1]])
            var seen: [Int] = []
            var fewer = 0
            for (index, bytes) in [500_000, 3_000_000].enumerated() {
                let (packs, rest) = try await Self.rest(
                    fixture,
                    bytes: bytes,
                    seed: UInt64(index),
                    requests: { store.traffic.total }
                )
                #expect(packs > fewer)
                fewer = packs
                seen.append(rest)
            }
            #expect(seen[0] == seen[1], "\(seen)")
            #expect(seen.allSatisfy { $0 <= 14 }, "\(seen)")
        }
    }
}
