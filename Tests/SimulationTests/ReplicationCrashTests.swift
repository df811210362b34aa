import Model
import ObjectStorage
import TestKit
import Testing
import Vault

@Suite struct ReplicationCrashTests {
    /// A vault with three snapshots and a log, and a copy that has the first.
    private struct Sea {
        let source = MemoryStore()
        let target = MemoryStore()
        let fixture: VaultFixture
        var models: [[String: [UInt8]]] = []
        let log: [UInt8]

        init(seed: UInt64) async throws {
            var random = SeededGenerator(seed: seed)
            fixture = try await VaultFixture(in: source, packBytes: 16 << 10)
            log = random.text(3_000)
            var files = ["a": random.bytes(60_000), "pages/b": random.bytes(50_000)]
            for number in 0..<3 {
                files["new\(number)"] = random.bytes(30_000)
                files["pages/b"]?[number * 9_000] ^= 1
                models.append(files)
                try await fixture.backUp(files)
                try await fixture.writeLog(log, at: [number * 1_000, number * 1_000 + 1_000])
                if number == 0 { _ = await Self.copy(fixture.vault, to: target) }
            }
        }

        /// Copies what is missing; a fault outside of the report is nil there too.
        static func copy(
            _ source: Vault,
            to target: any ObjectStore
        ) async -> ReplicationReport? {
            guard let copy = try? await source.makeCopy(in: target) else { return nil }
            return await Replication(from: source, to: copy).run { _ in }
        }

        /// Every head in the target is whole and restores.
        func verify(_ target: MemoryStore) async throws {
            guard try await target.status(VaultName.format.objectName) != nil else { return }
            let copy = try await fixture.opened(in: target)
            let damage = try await VaultCheck(copy.vault, .copy).run { _ in }.damage
            #expect(damage == [])
            for snapshot in try await copy.vault.snapshots().snapshots {
                #expect(try await copy.restore(snapshot) == models[Int(snapshot.id.seq) - 1])
            }
        }

        func finish(_ target: MemoryStore) async throws {
            #expect(await Self.copy(fixture.vault, to: target)?.isComplete == true)
            let isSame = target.contents == source.contents
            #expect(isSame)
            #expect(try await fixture.opened(in: target).readLog(to: 3_000) == log)
        }
    }

    @Test(arguments: CrashStore.Fate.allCases, [true, false])
    func
        `after a crash at any change of the target its heads are whole, and a second run ends the work`(
            fate: CrashStore.Fate,
            begunEmpty: Bool
        ) async throws
    {
        let sea = try await Sea(seed: 81)
        var points = 0
        while true {
            points += 1
            let target = begunEmpty ? MemoryStore() : sea.target.copy()
            let crashing = CrashStore(target, crashingAt: points, fate: fate)
            let report = await Sea.copy(sea.fixture.vault, to: crashing)
            guard crashing.hasCrashed else {
                #expect(report?.isComplete == true)
                break
            }
            #expect(report?.isComplete != true)
            try await sea.verify(target)
            try await sea.finish(target)
        }
        print("crash: \(points - 1) points of a replication, \(fate), empty \(begunEmpty)")
        #expect(points > (begunEmpty ? 15 : 6))
    }

    @Test(arguments: [true, false])
    func `a store that is gone at any call leaves whole heads, and a second run ends the work`(
        sourceDies: Bool
    ) async throws {
        let sea = try await Sea(seed: 82)
        var points = 0
        while true {
            points += 1
            let target = sea.target.copy()
            let mortal = MortalStore(sourceDies ? sea.source : target, goneAt: points)
            var report: ReplicationReport?
            if sourceDies {
                if let source = try? await Vault.open(mortal, expecting: sea.fixture.vault.id) {
                    report = await Sea.copy(source, to: target)
                }
            } else {
                report = await Sea.copy(sea.fixture.vault, to: mortal)
            }
            guard mortal.isGone else {
                #expect(report?.isComplete == true)
                break
            }
            #expect(report?.fault != nil || report == nil)
            try await sea.verify(target)
            if points.isMultiple(of: 3) { try await sea.finish(target) }
        }
        print("gone: \(points - 1) calls of a replication, source \(sourceDies)")
        // A head is read once, so the source is asked less often than the target.
        #expect(points > 15)
    }

    @Test func `a flipped byte in any object of the source is not spread, and stops nothing else`()
        async throws
    {
        let sea = try await Sea(seed: 83)
        var random = SeededGenerator(seed: 84)
        for (name, bytes) in sea.source.contents.sorted(by: { $0.key < $1.key }) {
            guard !name.text.hasPrefix("hosts/"), name.labels.count > 1 else { continue }
            let source = sea.source.copy()
            var damaged = bytes
            damaged[Int.random(in: bytes.indices, using: &random)] ^= 0x10
            source.tamper(name, damaged)
            let target = MemoryStore()
            let vault = try await Vault.open(source, expecting: sea.fixture.vault.id)
            let report = try #require(await Sea.copy(vault, to: target))
            #expect(report.fault == nil)
            #expect(report.damage.contains { $0.object == name.text }, "\(name)")
            #expect(target.contents[name] == nil)
            try await sea.verify(target)
            // What is whole is there: every head that does not need the damaged object, and all other objects.
            let heads = sea.source.contents.keys.filter { $0.text.hasPrefix("snapshots/") }
            let missing = heads.filter { target.contents[$0] == nil }
            #expect(Set(missing.map(\.text)).isSubset(of: report.damage.map(\.object)))
        }
    }

    @Test func `what the source has lost is reported, and its heads are not copied`() async throws {
        let sea = try await Sea(seed: 85)
        for name in sea.source.contents.keys.sorted() where name.text.hasPrefix("packs/") {
            let source = sea.source.copy()
            source.tamper(name, nil)
            let target = MemoryStore()
            let vault = try await Vault.open(source, expecting: sea.fixture.vault.id)
            let report = try #require(await Sea.copy(vault, to: target))
            #expect(report.fault == nil && !report.isComplete)
            #expect(report.damage.contains { $0.object == name.text })
            try await sea.verify(target)
        }
    }
}
