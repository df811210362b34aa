import Model
import ObjectStorage
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// Heads that this host has verified once.
@Suite struct HeadCacheTests {
    private struct Scene {
        let store = MemoryStore()
        let fixture: VaultFixture
        var path: FilePath { fixture.state.path.appending("heads") }

        init() async throws {
            fixture = try await VaultFixture(in: store)
            for number in 0..<5 { try await fixture.backUp(["a": [UInt8(number)]]) }
        }

        /// The numbers of the heads that are told, how many were read for it, and how many refused.
        func summaries(
            in store: MemoryStore? = nil
        ) async throws -> (numbers: [UInt64], reads: Int, refused: Int) {
            let store = store ?? self.store
            let opened = try await fixture.opened(in: store)
            store.forgetOperations()
            let list = try await opened.vault.summaries(of: fixture.stream, cache: path)
            let reads = store.operations.filter {
                $0.name.hasPrefix("snapshots/") && $0.kind != .list
            }
            return (list.heads.map(\.id.seq), reads.count, list.refused.count)
        }
    }

    @Test func `a head is read once, and says what it said`() async throws {
        let scene = try await Scene()
        #expect(try await scene.summaries() == ([1, 2, 3, 4, 5], 5, 0))
        #expect(try await scene.summaries() == ([1, 2, 3, 4, 5], 0, 0))
        let new = try await scene.fixture.backUp(["b": [1, 2, 3]])
        #expect(try await scene.summaries() == ([1, 2, 3, 4, 5, 6], 1, 0))
        let list = try await scene.fixture.vault.summaries(
            of: scene.fixture.stream,
            cache: scene.path
        )
        let last = try #require(list.heads.last)
        #expect(last.id == new.id && last.set == new.head.set && last.time == new.head.time)
        #expect(last.sizes == new.head.sizes && last.packs == new.head.packs.count)
        #expect(last.started == new.head.started && last.finished == new.head.finished)
    }

    @Test func `what is gone is not told, and what has another length is read again`() async throws
    {
        let scene = try await Scene()
        _ = try await scene.summaries()
        let names = Forgery.names(scene.store, "snapshots/")
        scene.store.tamper(names[1], nil)
        #expect(try await scene.summaries() == ([1, 3, 4, 5], 0, 0))
        let whole = try #require(scene.store.contents[names[2]])
        scene.store.tamper(names[2], Array(whole.dropLast()))
        #expect(try await scene.summaries() == ([1, 4, 5], 1, 1))
        // What was refused is looked at again each time.
        #expect(try await scene.summaries() == ([1, 4, 5], 1, 1))
        scene.store.tamper(names[2], whole)
        #expect(try await scene.summaries() == ([1, 3, 4, 5], 1, 0))
    }

    @Test func `a damaged, foreign or missing cache costs time only`() async throws {
        let scene = try await Scene()
        _ = try await scene.summaries()
        let good = try DurableFile.read(scene.path, limit: ByteCount(1 << 20))
        for index in stride(from: 0, to: good.count, by: 37) {
            var broken = good
            broken[index] ^= 1
            try DurableFile.replace(scene.path, with: broken, mode: 0o600)
            let told = try await scene.summaries()
            #expect(told.numbers == [1, 2, 3, 4, 5] && told.refused == 0, "byte \(index)")
            #expect(told.reads > 0, "byte \(index)")
        }
        for length in [0, 1, 20, good.count / 2] {
            try DurableFile.replace(scene.path, with: Array(good.prefix(length)), mode: 0o600)
            #expect(try await scene.summaries().numbers == [1, 2, 3, 4, 5])
        }
        #expect(try DurableFile.read(scene.path, limit: ByteCount(1 << 20)) == good)
        let other = try await Scene()
        try DurableFile.replace(other.path, with: good, mode: 0o600)
        #expect(try await other.summaries() == ([1, 2, 3, 4, 5], 5, 0))
        // A place where nothing can be written is no reason to fail.
        let vault = scene.fixture.vault
        let list = try await vault.summaries(of: scene.fixture.stream, cache: "/proc/none/heads")
        #expect(list.heads.count == 5)
    }
}
