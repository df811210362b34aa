import Model
import ObjectStorage
import Sealing
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

@Suite struct ResumeTests {
    private static func model() -> [String: [UInt8]] {
        var random = SeededGenerator(seed: 81)
        return ["a": random.bytes(2_000_000), "pages/b": random.bytes(2_000_000)]
    }

    /// A vault whose first backup was killed after some packs; how many bytes those have.
    private func interrupted(
        _ store: MemoryStore
    ) async throws -> (fixture: VaultFixture, stored: Int) {
        let fixture = try await VaultFixture(in: store)
        let crashing = CrashStore(store, crashingAt: 8, fate: .applied)
        do throws(Fault) {
            try await fixture.opened(in: crashing).backUp(Self.model())
        } catch { #expect(error.code == .crashed) }
        try #require(crashing.hasCrashed)
        let packs = store.contents.filter { $0.key.text.hasPrefix("packs/") }
        #expect(packs.count >= 7)
        store.forgetOperations()
        return (fixture, packs.reduce(0) { $0 + $1.value.count })
    }

    private func sent(_ store: MemoryStore) -> Int {
        store.operations.filter { $0.kind == .put && $0.name.hasPrefix("packs/") }
            .reduce(0) { $0 + $1.bytes }
    }

    @Test func `what a killed backup has stored is not sent again`() async throws {
        let store = MemoryStore()
        let (fixture, stored) = try await interrupted(store)
        let snapshot = try await fixture.backUp(Self.model())
        // What was stored while the machine went down, and what was not full yet, comes again.
        #expect(sent(store) < 4_400_000 - stored + 300_000)
        #expect(try await fixture.restore(snapshot) == Self.model())
        store.forgetOperations()
        try await fixture.backUp(Self.model())
        #expect(sent(store) < 50_000)
    }

    @Test func `what is gone meanwhile is sent again`() async throws {
        let store = MemoryStore()
        let (fixture, _) = try await interrupted(store)
        for name in store.contents.keys.filter({ $0.text.hasPrefix("packs/") }).sorted().dropLast(2)
        { store.tamper(name, nil) }
        let snapshot = try await fixture.backUp(Self.model())
        #expect(try await fixture.restore(snapshot) == Self.model())
    }

    @Test func `packs for earlier recipients are not used`() async throws {
        let store = MemoryStore()
        let (first, _) = try await interrupted(store)
        var fixture = first
        let other = AgeIdentity()
        fixture.vault = try await fixture.vault.enrol(
            fixture.keys,
            recipients: [other.recipient],
            operator: fixture.operatorKey,
            at: fixture.time
        )
        let snapshot = try await fixture.backUp(Self.model())
        #expect(sent(store) > 4_000_000)
        #expect(try await fixture.restore(snapshot, identities: [other]) == Self.model())
    }

    @Test(arguments: [0, 1, 5, 4_095, 4_096, 5_000, 12_288, 100_000])
    func `a journal or a table that lost its end costs no backup`(length: Int) async throws {
        for ending in ["session", "new"] {
            let store = MemoryStore()
            let (fixture, _) = try await interrupted(store)
            let path = fixture.state.path.appending("\(fixture.stream).\(ending)")
            let bytes = try DurableFile.read(path, limit: ByteCount(1 << 30))
            try DurableFile.replace(path, with: Array(bytes.prefix(length)), mode: 0o600)
            let snapshot = try await fixture.backUp(Self.model())
            #expect(try await fixture.restore(snapshot) == Self.model(), "\(ending) \(length)")
        }
    }

    @Test func `a backup killed again and again comes to its end`() async throws {
        let store = MemoryStore()
        let fixture = try await VaultFixture(in: store)
        var attempts = 0
        while true {
            attempts += 1
            let crashing = CrashStore(store, crashingAt: 4, fate: .lost)
            do throws(Fault) {
                try await fixture.opened(in: crashing).backUp(Self.model())
                break
            } catch { #expect(error.code == .crashed) }
            try #require(attempts < 100)
        }
        #expect(attempts > 3)
        let last = try #require(try await fixture.vault.newest(of: fixture.stream).heads.first)
        #expect(try await fixture.restore(last) == Self.model())
        #expect(try await VaultCheck(fixture.vault).run { _ in }.damage == [])
    }
}
