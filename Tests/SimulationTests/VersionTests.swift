import Model
import ObjectStorage
import TestKit
import Testing
import Vault

/// In a copy that keeps versions, who overwrites or deletes only puts something in front.
@Suite struct VersionTests {
    /// A vault with an object of every kind in a store that keeps versions.
    private struct Scene {
        let store = MemoryStore(now: Instant(seconds: 1_790_000_000), keepsVersions: true)
        let fixture: VaultFixture
        let files: [String: [UInt8]]
        let snapshot: Snapshot
        let log: [UInt8]
        let whole: [ObjectName: [UInt8]]

        init(seed: UInt64) async throws {
            var random = SeededGenerator(seed: seed)
            fixture = try await VaultFixture(in: store, packBytes: 16 << 10)
            files = ["a": random.bytes(50_000), "pages/b": random.bytes(40_000)]
            snapshot = try await fixture.backUp(files)
            log = random.text(2_000)
            try await fixture.writeLog(log, at: [0, 800, 2_000])
            struct Note: Codable, Sendable { var text = "x" }
            for folder in [DocumentFolder.reports, .kits, .ledger] {
                try await fixture.vault.publish(
                    Note(),
                    in: folder,
                    keys: fixture.keys,
                    at: fixture.time
                )
            }
            whole = store.contents
        }

        /// What an attacker puts in front: nothing, other bytes of the same length, of another, or several of them.
        func attack(_ name: ObjectName, _ random: inout SeededGenerator) {
            let bytes = whole[name] ?? []
            switch Int.random(in: 0..<5, using: &random) {
            case 0: store.tamper(name, nil)
            case 1: store.tamper(name, random.bytes(bytes.count))
            case 2: store.tamper(name, Array(bytes.dropLast()))
            case 3: store.tamper(name, bytes + [0])
            default:
                for _ in 0..<40 { store.tamper(name, random.bytes(10)) }
                store.tamper(name, nil)
            }
        }

        func isWhole() -> Bool { store.contents == whole }
    }

    @Test(arguments: 1...6)
    func `a restore reads what was there before, and says so`(seed: UInt64) async throws {
        let scene = try await Scene(seed: seed)
        var random = SeededGenerator(seed: seed)
        // What a listing still shows; what is deleted outright only a repair finds.
        for name in scene.whole.keys.sorted() where ["packs", "log"].contains(name.labels[0]) {
            scene.attack(name, &random)
            if scene.store.contents[name] == nil, name.labels[0] == "log" {
                scene.store.tamper(name, [1])
            }
        }
        for name in scene.whole.keys where name.labels[0] == "snapshots" {
            scene.store.tamper(name, Bool.random(using: &random) ? [] : random.bytes(20_000))
        }
        let open = try await Vault.open(scene.store, expecting: scene.fixture.vault.id)
        let (vault, store) = Vault.united([open])
        var fixture = scene.fixture
        fixture.vault = vault
        let listed = try await vault.snapshots()
        #expect(listed.snapshots.map(\.id) == [scene.snapshot.id], "seed \(seed)")
        let snapshot = try #require(listed.snapshots.first)
        #expect(try await fixture.restore(snapshot) == scene.files, "seed \(seed)")
        #expect(try await fixture.readLog(to: 2_000) == scene.log, "seed \(seed)")
        #expect(store.findings.count > 3 && store.findings.allSatisfy(\.hasOlder))
        // Reading changes nothing.
        #expect(!scene.isWhole())
    }

    @Test(arguments: 1...6)
    func `a repair puts what was there before in front again`(seed: UInt64) async throws {
        let scene = try await Scene(seed: seed)
        var random = SeededGenerator(seed: seed)
        for name in scene.whole.keys.sorted() {
            scene.attack(name, &random)
            let repair = Repair(of: scene.store, as: scene.fixture.vault, from: [])
            guard case .broughtBack = await repair.run(name) else {
                Issue.record("seed \(seed): \(name) did not come back")
                continue
            }
            guard case .whole = await repair.run(name) else {
                Issue.record("seed \(seed): \(name) is not whole")
                continue
            }
        }
        #expect(scene.isWhole(), "seed \(seed)")
    }

    @Test func `whoever deletes everything deletes nothing`() async throws {
        let scene = try await Scene(seed: 7)
        for name in scene.whole.keys { scene.store.tamper(name, nil) }
        let id = scene.fixture.vault.id
        let fault = await #expect(throws: Fault.self) {
            _ = try await Vault.open(scene.store, expecting: id)
        }
        #expect(fault?.code == .noVault)
        #expect(try await Vault.bringBackFormat(in: scene.store, of: id))
        let vault = try await Vault.open(scene.store, expecting: id)
        let endings = try await DeletionRepair(of: vault).run()
        #expect(endings.allSatisfy { $0.fault == nil } && endings.count == scene.whole.count - 1)
        #expect(scene.isWhole())
        #expect(try await DeletionRepair(of: vault).run().isEmpty)
    }

    @Test func `another vault's format does not come back in its place`() async throws {
        let scene = try await Scene(seed: 8)
        let other = try await Scene(seed: 9)
        let format = try #require(ObjectName("format.json"))
        let foreign = MemoryStore(keepsVersions: true)
        foreign.tamper(format, other.whole[format])
        foreign.tamper(format, nil)
        let id = scene.fixture.vault.id
        #expect(try await !Vault.bringBackFormat(in: foreign, of: id))
        #expect(foreign.contents.isEmpty)
        // Two identities, one after the other: only the right one is put in front.
        foreign.tamper(format, scene.whole[format])
        foreign.tamper(format, [7])
        #expect(try await Vault.bringBackFormat(in: foreign, of: id))
        #expect(foreign.contents[format] == scene.whole[format])
    }

    @Test func `what retention gave up stays away`() async throws {
        let scene = try await Scene(seed: 10)
        let clock = SimulatedClock(scene.fixture.time)
        var fixture = scene.fixture
        fixture.clock = clock
        for _ in 0..<2 { try await fixture.backUp(scene.files) }
        for _ in 0..<2 {
            _ = try await Collector(
                fixture.vault,
                keys: fixture.keys,
                rules: [fixture.stream: RetentionRule(keep: KeepPolicy(last: 1))],
                clock: clock
            ).run()
            clock.advance(by: .seconds(3 * 86_400))
            scene.store.advance(by: .seconds(3 * 86_400))
        }
        let gone = try #require(ObjectName(scene.snapshot.id.description))
        #expect(scene.store.contents.keys.contains(gone) == false)
        // A provider, or a person, who only hides what retention removed.
        scene.store.tamper(gone, scene.whole[gone])
        scene.store.tamper(gone, nil)
        let before = scene.store.contents
        #expect(try await DeletionRepair(of: fixture.vault).run().isEmpty)
        let isSame = scene.store.contents == before
        #expect(isSame)
    }

    @Test func `who may not take a deletion back stores the bytes again`() async throws {
        let scene = try await Scene(seed: 11)
        let packs = scene.whole.keys.filter { $0.labels[0] == "packs" }
        for name in packs { scene.store.tamper(name, nil) }
        let vault = try await Vault.open(Unforgiving(store: scene.store), expecting: nil)
        let endings = try await DeletionRepair(of: vault).run()
        #expect(endings.count == packs.count && endings.allSatisfy { $0.fault == nil })
        #expect(scene.isWhole())
    }
}

/// A store that lets nobody delete anything, a mark of a deletion neither.
private struct Unforgiving: StoreDecorator {
    let store: any ObjectStore

    func undelete(_ name: ObjectName) async throws(Fault) -> Bool {
        throw Fault(
            .storeDenied,
            "unable to take back the deletion of '\(name)': it is not allowed"
        )
    }
}
