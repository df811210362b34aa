import Model
import ObjectStorage
import Sealing
import TestKit
import Testing
import Vault

/// Random histories of two copies that back up, forget, lose and copy, each by a policy of its own.
@Suite struct ReplicationHistoryTests {
    private struct World {
        let stores = [MemoryStore(), MemoryStore()]
        var fixtures: [VaultFixture] = []
        var files: [String: [UInt8]] = [:]
        var models: [SnapshotID: [String: [UInt8]]] = [:]
        /// What each copy once gave up.
        var forgotten: [Set<SnapshotID>] = [[], []]
        var random: SeededGenerator

        init(seed: UInt64) async throws {
            random = SeededGenerator(seed: seed)
            let first = try await VaultFixture(in: stores[0], packBytes: 8 << 10)
            _ = try await first.vault.makeCopy(in: stores[1])
            fixtures = [first, try await first.opened(in: stores[1])]
        }

        mutating func backUp(to copy: Int) async throws {
            let name = "f\(Int.random(in: 0..<4, using: &random))"
            files[name] = random.bytes(Int.random(in: 1...20_000, using: &random))
            files["pages/p", default: random.bytes(40_000)][
                Int.random(in: 0..<40_000, using: &random)
            ] ^= 1
            fixtures[copy].time = fixtures[copy].time + .seconds(models.count)
            models[try await fixtures[copy].backUp(files).id] = files
        }

        /// Gives up all but the newest heads of a copy, and the packs that no head names any more.
        mutating func forget(in copy: Int, keeping count: Int) async throws {
            let vault = fixtures[copy].vault
            let all = try await vault.snapshots().snapshots
            let gone = all.dropLast(count)
            guard !gone.isEmpty else { return }
            var mark = Tombstone()
            mark.forgets = gone.map(\.id.description)
            for head in mark.forgets {
                if let name = ObjectName(head) { try await stores[copy].remove(name) }
            }
            let named = Set(all.suffix(count).flatMap(\.head.packs).map(\.id))
            mark.packs = stores[copy].contents.keys.compactMap { name in
                guard case .pack(let id) = VaultName(name), !named.contains(id) else { return nil }
                return id
            }
            let (keys, time) = (fixtures[copy].keys, fixtures[copy].time)
            let name = try await vault.publish(mark, in: .collections, keys: keys, at: time)
            forgotten[copy].formUnion(gone.map(\.id))
            guard Bool.random(using: &random) else { return }
            for pack in mark.packs {
                try await stores[copy].remove(VaultName.pack(pack).objectName)
            }
            var swept = LedgerEntry.Swept()
            swept.forgotten = mark.forgets
            for entry in LedgerEntry.report(swept) {
                try await vault.publish(entry, in: .ledger, keys: keys, at: time)
            }
            try await stores[copy].remove(name)
        }

        func verify(_ note: Comment) async throws {
            for (copy, fixture) in fixtures.enumerated() {
                #expect(try await VaultCheck(fixture.vault, .copy).run { _ in }.damage == [], note)
                for snapshot in try await fixture.vault.snapshots().snapshots {
                    #expect(try await fixture.restore(snapshot) == models[snapshot.id], note)
                    #expect(!forgotten[copy].contains(snapshot.id), note)
                }
            }
        }
    }

    @Test(arguments: 1...12)
    func `whatever happens to two copies, each holds whole snapshots and what it wants`(
        seed: UInt64
    ) async throws {
        var world = try await World(seed: seed)
        let note: Comment = "seed \(seed)"
        for _ in 0..<14 {
            let copy = Int.random(in: 0...1, using: &world.random)
            switch Int.random(in: 0..<6, using: &world.random) {
            case 0, 1: try await world.backUp(to: copy)
            case 2:
                let count = Int.random(in: 1...3, using: &world.random)
                try await world.forget(in: copy, keeping: count)
            default: try await replicate(from: copy, in: &world, note)
            }
        }
        try await world.backUp(to: 0)
        try await replicate(from: 0, in: &world, note)
        try await world.verify(note)
    }

    private func replicate(
        from copy: Int,
        in world: inout World,
        _ note: Comment
    ) async throws {
        let keep = Int.random(in: 1...4, using: &world.random)
        let choice = CopyChoice(rule: { _ in { Set($0.map(\.id).sorted().suffix(keep)) } })
        let (source, target) = (world.fixtures[copy].vault, world.fixtures[1 - copy].vault)
        let before = world.stores[1 - copy].contents
        let report = await Replication(from: source, to: target, choice: choice).run { _ in }
        #expect(report.fault == nil && report.damage.isEmpty, note)
        let after = world.stores[1 - copy].contents
        #expect(before.allSatisfy { after[$0.key] == $0.value }, note)
        // What the rule keeps of both sides is in the target now, but for what it gave up or must wait for.
        let there = Set(try await target.snapshots().snapshots.map(\.id))
        let all = there.union(try await source.snapshots().snapshots.map(\.id))
            .subtracting(world.forgotten[1 - copy])
        let waiting = Set(report.waiting.map(\.object))
        for id in all.sorted().suffix(keep) {
            #expect(there.contains(id) || waiting.contains(id.description), note)
        }
        try await world.verify(note)
    }
}
