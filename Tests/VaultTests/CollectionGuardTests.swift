import Model
import ObjectStorage
import Sealing
import TestKit
import Testing
import Vault

/// Collectors of other hosts, packs that nobody names, writers that run meanwhile.
@Suite struct CollectionGuardTests {
    @Test func `a maintainer collects what another host wrote, without any key of it`() async throws
    {
        var scene = try await CollectionScene()
        try await scene.backUp(days: 4)
        let maintainer = try await scene.enrol("maintainer")
        for _ in 0..<2 {
            _ = try await scene.collector(KeepPolicy(last: 2), keys: maintainer).run()
            scene.pass(days: 1)
        }
        #expect(scene.numbers == [3, 4])
        try await scene.checkAll()
        let stranger = HostKeys(newFor: "stranger")
        let fault = await #expect(throws: Fault.self) {
            _ = try await scene.collector(KeepPolicy(last: 1), keys: stranger).run()
        }
        #expect(fault?.code == .notEnrolled)
    }

    @Test func `nobody sweeps what another host marked`() async throws {
        var scene = try await CollectionScene()
        try await scene.backUp(days: 4)
        // A host that was taken over marks everything but the newest.
        let thief = try await scene.enrol("thief")
        _ = try await scene.collector(KeepPolicy(last: 1), keys: thief).run()
        scene.pass(days: 3)
        let report = try await scene.collector(KeepPolicy(daily: 30)).run()
        #expect(report.swept.tombstones.isEmpty)
        #expect(scene.numbers == [1, 2, 3, 4])
        try await scene.checkAll()
    }

    @Test func `a backup builds on nothing that is marked, and fails when it did`() async throws {
        var scene = try await CollectionScene()
        try await scene.backUp(days: 1)
        let first = try #require(scene.models.values.first)
        let (store, clock, base) = (scene.store, scene.clock, scene.fixture)
        // Another writer of the stream, a clone of the host, makes the first snapshot one that can go.
        let clone = VaultFixture(movingTo: try ScratchFolder(), from: base)
        let collector = try await scene.collector(KeepPolicy(last: 1))
        let fault = await #expect(throws: Fault.self) {
            try await base.vault.backUp(base.request, keys: base.keys) {
                session async throws(Fault) in
                for (path, bytes) in first {
                    let shape = FileShape(path: path)
                    let content = try await VaultFixture.store(bytes, shape, in: session)
                    try session.add(
                        ManifestEntry(path: Array(path.utf8), kind: .file, mode: 0o600),
                        content: content
                    )
                }
                _ = try await clone.backUp(["other": [UInt8](repeating: 1, count: 50_000)])
                store.advance(by: .seconds(60))
                _ = try await collector.run()
                return BackupDraft(time: clock.now())
            }
        }
        #expect(fault?.code == .doomed)
        let again = try await base.backUp(first)
        #expect(try await base.restore(again) == first)
        scene.pass(days: 1)
        _ = try await scene.collector(KeepPolicy(last: 1)).run()
        #expect(try await base.restore(again) == first)
    }

    @Test func `a tombstone that cannot be read costs deduplication, never a backup`() async throws
    {
        var scene = try await CollectionScene()
        try await scene.backUp(days: 3)
        _ = try await scene.collector(KeepPolicy(last: 1)).run()
        let name = try #require(scene.names("gc/").first.flatMap { ObjectName($0) })
        scene.store.tamper(name, [1, 2, 3])
        let packs = scene.names("packs/")
        let snapshot = try await scene.backUp()
        #expect(
            snapshot.head.packs.allSatisfy { pack in
                !packs.contains { $0.hasSuffix("\(pack.id)") }
            }
        )
        #expect(try await scene.fixture.restore(snapshot) == scene.models[snapshot.id])
    }

    /// A store in which a backup died and left packs behind.
    private func abandon(_ scene: CollectionScene, seed: UInt64 = 5) async throws {
        let crashing = CrashStore(scene.store, crashingAt: 3, fate: .lost)
        let host = VaultFixture(movingTo: try ScratchFolder(), from: scene.fixture)
        let doomed = try await host.opened(in: crashing)
        var random = SeededGenerator(seed: seed)
        let files = ["lost": random.bytes(60_000)]
        await #expect(throws: Fault.self) { try await doomed.backUp(files) }
    }

    @Test func `packs of a backup that died go once nothing runs`() async throws {
        var scene = try await CollectionScene()
        try await scene.backUp(days: 1)
        let named = scene.names("packs/")
        try await abandon(scene)
        let all = scene.names("packs/")
        #expect(all.count > named.count)
        scene.pass(days: 1.9)
        let young = try await scene.collector(.everything).run()
        #expect(young.plan.waiting.objects == all.count - named.count)
        #expect(young.markedPacks.objects == 0)
        scene.pass(days: 0.2)
        #expect(
            try await scene.collector(.everything).run().markedPacks.objects
                == all.count - named.count
        )
        scene.pass(days: 1)
        _ = try await scene.collector(.everything).run()
        #expect(scene.names("packs/") == named)
        try await scene.checkAll()
    }

    @Test func `while backups run, packs of unknown use wait for thirty days`() async throws {
        var scene = try await CollectionScene()
        try await scene.backUp(days: 1)
        try await abandon(scene)
        scene.pass(days: 20)
        try await abandon(scene, seed: 6)
        scene.pass(days: 1)
        #expect(try await scene.collector(.everything).run().markedPacks.objects == 0)
        scene.pass(days: 9)
        try await abandon(scene, seed: 7)
        scene.pass(days: 1)
        let report = try await scene.collector(.everything).run()
        #expect(report.markedPacks.objects > 0)
        #expect(report.plan.waiting.objects > report.markedPacks.objects)
    }

    @Test func `a clock that was set back delays a sweep, and one set forward does not hasten it`()
        async throws
    {
        for jump in [-365, 365] as [Int64] {
            var scene = try await CollectionScene()
            try await scene.backUp(days: 3)
            _ = try await scene.collector(KeepPolicy(last: 1)).run()
            scene.clock.set(scene.clock.now() + .seconds(jump * 86_400))
            scene.store.advance(by: .seconds(3_600))
            _ = try await scene.collector(KeepPolicy(last: 1)).run()
            #expect(scene.numbers == [1, 2, 3])
            // The store's clock alone may be wrong too: both must say that a day went by.
            scene.store.advance(by: .seconds(366 * 86_400))
            _ = try await scene.collector(KeepPolicy(last: 1)).run()
            #expect(scene.numbers == (jump > 0 ? [3] : [1, 2, 3]))
            for _ in 0..<3 {
                scene.pass(days: 1)
                _ = try await scene.collector(KeepPolicy(last: 1)).run()
            }
            #expect(scene.numbers == [3])
            try await scene.checkAll()
        }
    }

    @Test func `old reports and inventories go, and holes stay explained`() async throws {
        var scene = try await CollectionScene()
        try await scene.backUp(days: 2)
        for _ in 0..<130 {
            try await scene.backUp()
            _ = try await scene.collector(KeepPolicy(last: 1, yearly: 1)).run()
            scene.pass(days: 1)
        }
        #expect((88...96).contains(scene.names("ledger/").count))
        #expect(scene.numbers.count == 2)
        // Kept snapshots follow ones that went long ago.
        try await scene.checkAll()
    }

    @Test func `when the newest is damaged, the one before it stays`() async throws {
        var scene = try await CollectionScene()
        try await scene.backUp(days: 4)
        _ = try await scene.collector(KeepPolicy(last: 1)).run()
        // Between mark and sweep a pack of the newest is lost, and of the one before the object's body.
        let heads = try await scene.fixture.vault.snapshots().snapshots
        let others = Set(heads.dropLast().flatMap { $0.head.packs.map(\.id) })
        let lost = try #require(heads.last?.head.packs.first { !others.contains($0.id) })
        let id = "\(lost.id)"
        scene.store.tamper(try #require(ObjectName("packs/\(id.prefix(2))/\(id)")), nil)
        let third = try #require(ObjectName(heads[2].id.description))
        var bytes = try #require(scene.store.contents[third])
        bytes[bytes.count - 5] ^= 1
        scene.store.tamper(third, bytes)
        scene.pass(days: 1)
        let report = try await scene.collector(KeepPolicy(last: 1)).run()
        #expect(scene.numbers == [2, 3, 4])
        #expect(
            report.plan.snapshots.map(\.decision.isKept) == [false, true, true, true]
        )
        #expect(report.plan.snapshots[1].decision.reasons.contains(.newestGood))
        #expect(try await scene.fixture.restore(heads[1]) == scene.models[heads[1].id])
    }
}
