import Model
import ObjectStorage
import TestKit
import Testing
import Vault

@Suite struct UnitedCopiesTests {
    /// Copies of one vault with two snapshots and a log.
    private struct Fleet {
        let stores: [MemoryStore]
        let fixture: VaultFixture
        let snapshots: [Snapshot]
        let models: [[String: [UInt8]]]
        let log: [UInt8]

        init(seed: UInt64, copies: Int) async throws {
            var random = SeededGenerator(seed: seed)
            let first = MemoryStore()
            fixture = try await VaultFixture(in: first, packBytes: 16 << 10)
            var files = ["a": random.bytes(80_000), "pages/b": random.bytes(60_000), "c": [1]]
            var models = [files]
            var snapshots = [try await fixture.backUp(files)]
            files["d"] = random.bytes(40_000)
            models.append(files)
            snapshots.append(try await fixture.backUp(files))
            log = random.text(3_000)
            try await fixture.writeLog(log, at: [0, 1_000, 3_000])
            (self.models, self.snapshots) = (models, snapshots)
            stores = [first] + (1..<copies).map { _ in first.copy() }
        }

        func united(_ stores: [any ObjectStore]) async throws -> (VaultFixture, UnitedStore) {
            var copies: [Vault] = []
            for store in stores {
                if let copy = try? await Vault.open(store, expecting: fixture.vault.id) {
                    copies.append(copy)
                }
            }
            let (vault, store) = Vault.united(copies)
            var fixture = fixture
            fixture.vault = vault
            return (fixture, store)
        }

        /// Everything comes back, from the listing to the last byte.
        func verify(_ united: VaultFixture) async throws {
            let listed = try await united.vault.snapshots()
            #expect(listed.snapshots.map(\.id) == snapshots.map(\.id) && listed.refused.isEmpty)
            for (snapshot, model) in zip(listed.snapshots, models) {
                #expect(try await united.restore(snapshot) == model)
            }
            #expect(try await united.readLog(to: 3_000) == log)
        }

        /// The objects of which every copy has its own.
        var objects: [ObjectName] {
            stores[0].contents.keys.filter { $0.labels.count > 2 && $0.labels[0] != "hosts" }
                .sorted()
        }
    }

    private static func spoil(
        _ bytes: [UInt8],
        _ random: inout SeededGenerator
    ) -> [UInt8]? {
        var bytes = bytes
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return nil
        case 1: bytes[Int.random(in: bytes.indices, using: &random)] ^= 4
        case 2: bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
        default: bytes += [0]
        }
        return bytes
    }

    @Test(arguments: 1...8)
    func `each object whole in one copy is enough to restore everything and to mend all copies`(
        seed: UInt64
    ) async throws {
        var random = SeededGenerator(seed: seed)
        let fleet = try await Fleet(seed: 91, copies: 3)
        let whole = fleet.stores[0].contents
        var spoilt: [(copy: Int, object: ObjectName)] = []
        for object in fleet.objects {
            let keeper = Int.random(in: 0..<3, using: &random)
            for copy in 0..<3 where copy != keeper && Bool.random(using: &random) {
                fleet.stores[copy].tamper(object, Self.spoil(whole[object] ?? [], &random))
                spoilt.append((copy, object))
            }
        }
        let (united, store) = try await fleet.united(fleet.stores)
        try await fleet.verify(united)
        #expect(spoilt.isEmpty == store.findings.isEmpty, "seed \(seed)")
        let known = Set(spoilt.map(\.object))
        #expect(store.findings.allSatisfy { known.contains($0.object) }, "seed \(seed)")
        for (copy, object) in spoilt {
            var others: [Vault] = []
            for other in 0..<3 where other != copy {
                others.append(try await Vault.open(fleet.stores[other], expecting: nil))
            }
            guard case .mended = await Repair(of: fleet.stores[copy], from: others).run(object)
            else {
                Issue.record("seed \(seed): \(object) of copy \(copy) was not mended")
                continue
            }
        }
        let isMended = fleet.stores.allSatisfy { $0.contents == whole }
        #expect(isMended, "seed \(seed)")
    }

    @Test func `any single copy that is left restores everything`() async throws {
        let fleet = try await Fleet(seed: 92, copies: 3)
        for survivor in 0..<3 {
            var stores: [any ObjectStore] = []
            for index in fleet.stores.indices {
                guard index == survivor else {
                    stores.append(MortalStore(fleet.stores[index], goneAt: 1))
                    continue
                }
                stores.append(fleet.stores[index])
            }
            let (united, store) = try await fleet.united(stores)
            try await fleet.verify(united)
            #expect(store.used.count == 1)
        }
    }

    @Test func `a copy that dies at any call of a restore does not stop it`() async throws {
        let fleet = try await Fleet(seed: 93, copies: 2)
        var points = 0
        while true {
            points += 1
            let mortal = MortalStore(fleet.stores[0], goneAt: points)
            let (united, _) = try await fleet.united([mortal, fleet.stores[1]])
            try await fleet.verify(united)
            guard mortal.isGone else { break }
        }
        print("gone: \(points - 1) calls of a restore from two copies")
        #expect(points > 20)
    }

    @Test func `an object that no copy holds whole is named`() async throws {
        let fleet = try await Fleet(seed: 94, copies: 2)
        let pack = VaultName.pack(fleet.snapshots[0].head.packs[0].id).objectName
        var bytes = try #require(fleet.stores[0].contents[pack])
        bytes[20] ^= 1
        for store in fleet.stores { store.tamper(pack, bytes) }
        let (united, store) = try await fleet.united(fleet.stores)
        do throws(Fault) {
            _ = try await united.restore(fleet.snapshots[0])
            Issue.record("damage went unnoticed")
        } catch {
            #expect(error.code.exit == .damaged && error.message.contains(pack.text))
        }
        #expect(store.findings.map(\.object) == [pack, pack])
        let other = try await Vault.open(fleet.stores[1], expecting: nil)
        guard case .kept(let fault) = await Repair(of: fleet.stores[0], from: [other]).run(pack)
        else {
            Issue.record("it was mended from nothing")
            return
        }
        #expect(fault.code == .nowhereWhole)
        let isKept = fleet.stores[0].contents[pack] == bytes
        #expect(isKept)
    }

    @Test func `nothing is written through several copies`() async throws {
        let fleet = try await Fleet(seed: 95, copies: 2)
        let (united, store) = try await fleet.united(fleet.stores)
        let object = fleet.objects[0]
        await #expect(throws: Fault.self) { try await store.remove(object) }
        await #expect(throws: Fault.self) { try await store.supersede(object, with: [1]) }
        let locked = await #expect(throws: Fault.self) {
            try await store.keep(object, until: Instant(seconds: 4_000_000_000))
        }
        #expect(locked?.code == .storeDenied)
        await #expect(throws: Fault.self) { try await united.backUp(["x": [1]]) }
        let isSame = fleet.stores[0].contents == fleet.stores[1].contents
        #expect(isSame)
    }

    @Test func `what a plain store need not have is asked of every copy`() async throws {
        let fleet = try await Fleet(seed: 96, copies: 1)
        let keeping = MemoryStore(keepsVersions: true)
        for (name, bytes) in fleet.stores[0].contents { keeping.tamper(name, bytes) }
        let odd = Odd(store: keeping)
        let (_, store) = try await fleet.united([fleet.stores[0], odd])
        let object = fleet.objects[0]
        keeping.tamper(object, [1])
        let versions = try await store.versions(of: object)
        #expect(versions.map(\.bytes).first == 1 && versions.count == 2)
        let old = try #require(versions.last)
        let bytes = try await store.read(object, version: old.id, range: 0..<old.bytes)
        #expect(bytes == fleet.stores[0].contents[object])
        for id in ["", "7 v1", "x v1", "0 v1"] {
            let fault = await #expect(throws: Fault.self) {
                _ = try await store.read(object, version: id, range: 0..<1)
            }
            #expect(fault?.code == .objectMissing)
        }
        var oddities: [String] = []
        try await store.listOddities { (oddity) throws(Fault) in oddities.append(oddity.place) }
        #expect(oddities == ["odd"])
        #expect(try await store.thaw(object, days: 1, isUrgent: false) == .notNeeded)
    }
}

/// A store with something odd in it.
private struct Odd: StoreDecorator {
    let store: any ObjectStore

    func listOddities(_ body: (StoreOddity) throws(Fault) -> Void) async throws(Fault) {
        try body(StoreOddity(place: "odd", kind: "a thing"))
    }
}
