import Model
import ObjectStorage
import Sealing
import TestKit
import Testing
import Vault

@Suite struct CollectionTests {
    @Test func `what is given up is marked, and goes a day later`() async throws {
        var scene = try await CollectionScene()
        try await scene.backUp(days: 6)
        let before = scene.names("packs/")
        let first = try await scene.collector(KeepPolicy(daily: 2)).run()
        #expect(first.markedSnapshots == 4)
        #expect(first.markedPacks.objects > 4)
        #expect(first.swept.forgotten.isEmpty)
        #expect(scene.numbers == [1, 2, 3, 4, 5, 6])
        #expect(scene.names("packs/") == before)
        try await scene.checkAll()
        scene.pass(days: 0.9)
        let early = try await scene.collector(KeepPolicy(daily: 2)).run()
        #expect(early.swept.forgotten.isEmpty)
        #expect(early.markedSnapshots == 0)
        #expect(early.markedPacks.objects == 0)
        #expect(scene.names("gc/").count == 1)
        scene.pass(days: 0.1)
        let second = try await scene.collector(KeepPolicy(daily: 2)).run()
        #expect(second.swept.forgotten.count == 4)
        #expect(second.swept.packs == first.markedPacks.objects)
        #expect(scene.numbers == [5, 6])
        #expect(scene.names("packs/").count == before.count - second.swept.packs)
        try await scene.checkAll()
        try await scene.backUp()
        try await scene.checkAll()
    }

    @Test
    func `a tombstone that was carried out stays for half a day, and is not carried out again`()
        async throws
    {
        var scene = try await CollectionScene()
        try await scene.backUp(days: 4)
        let keep = KeepPolicy(last: 2)
        _ = try await scene.collector(keep).run()
        scene.pass(days: 1)
        let swept = try await scene.collector(keep).run().swept
        #expect(swept.forgotten.count == 2 && swept.unfinished == nil)
        #expect(scene.names("gc/") == Set(swept.tombstones))
        // It marks nothing any more: what comes again may be marked anew.
        scene.pass(days: 0.4)
        scene.store.forgetOperations()
        let again = try await scene.collector(keep).run()
        #expect(again.swept == LedgerEntry.Swept() && again.markedSnapshots == 0)
        #expect(!scene.store.operations.contains { $0.kind == .remove && $0.name.hasPrefix("gc/") })
        #expect(scene.names("gc/").count == 1)
        try await scene.backUp()
        let third = try await scene.collector(keep).run()
        #expect(third.markedSnapshots == 1 && third.markedPacks.objects > 0)
        #expect(scene.names("gc/").count == 2)
        scene.pass(days: 0.2)
        let later = try await scene.collector(keep).run()
        #expect(later.swept.tombstones.isEmpty && scene.names("gc/").count == 1)
        #expect(scene.names("gc/").isDisjoint(with: swept.tombstones))
        for _ in 0..<2 {
            scene.pass(days: 1)
            _ = try await scene.collector(keep).run()
        }
        #expect(scene.numbers == [4, 5] && scene.names("gc/").isEmpty)
        try await scene.checkAll()
    }

    @Test func `either clock alone does not take a carried out tombstone away`() async throws {
        for isStoreAhead in [true, false] {
            var scene = try await CollectionScene()
            try await scene.backUp(days: 2)
            for _ in 0..<2 {
                _ = try await scene.collector(KeepPolicy(last: 1)).run()
                if scene.numbers.count == 2 { scene.pass(days: 1) }
            }
            #expect(scene.numbers == [2] && scene.names("gc/").count == 1)
            if isStoreAhead {
                scene.store.advance(by: CollectionScene.day)
            } else {
                scene.clock.advance(by: CollectionScene.day)
            }
            _ = try await scene.collector(KeepPolicy(last: 1)).run()
            #expect(scene.names("gc/").count == 1, "\(isStoreAhead)")
            scene.pass(days: 1)
            _ = try await scene.collector(KeepPolicy(last: 1)).run()
            #expect(scene.names("gc/").isEmpty, "\(isStoreAhead)")
        }
    }

    @Test func `a plan says the same in words, and writes nothing`() async throws {
        var scene = try await CollectionScene()
        try await scene.backUp(days: 3)
        let before = scene.store.contents
        let plan = try await scene.collector(KeepPolicy(daily: 1)).plan()
        #expect(scene.store.contents == before)
        #expect(
            plan.snapshots.map(\.decision.description) == [
                "dropped: no rule wants it", "dropped: no rule wants it",
                "kept: newest good snapshot; newest of 2026-09-23 (daily 1 of 1)",
            ]
        )
        #expect(plan.packs.objects > 2)
        _ = try await scene.collector(KeepPolicy(daily: 1)).run()
        let marked = try await scene.collector(KeepPolicy(daily: 1)).plan()
        #expect(
            marked.snapshots.map { $0.due != nil } == [true, true, false]
        )
    }

    @Test func `streams without a rule stay as they are`() async throws {
        var scene = try await CollectionScene()
        try await scene.backUp(days: 4)
        let collector = Collector(
            scene.fixture.vault,
            keys: scene.fixture.keys,
            rules: [:],
            clock: scene.clock
        )
        let report = try await collector.run()
        #expect(report.plan.snapshots.isEmpty)
        #expect(report.plan.packs.objects == 0)
        #expect(scene.names("gc/").isEmpty)
        // What was marked with a rule waits for a run that has it.
        _ = try await scene.collector(KeepPolicy(last: 1)).run()
        scene.pass(days: 2)
        let other = try await collector.run()
        #expect(other.swept.tombstones.isEmpty)
        #expect(scene.numbers == [1, 2, 3, 4])
    }

    @Test func `what is wanted or held since it was marked is spared`() async throws {
        var scene = try await CollectionScene()
        try await scene.backUp(days: 5)
        let ids = scene.models.keys.sorted()
        _ = try await scene.collector(KeepPolicy(last: 1)).run()
        try await scene.fixture.vault.hold(
            ids[1],
            reason: "auditors",
            until: nil,
            keys: scene.fixture.keys,
            at: scene.clock.now()
        )
        scene.pass(days: 1)
        let report = try await scene.collector(KeepPolicy(last: 2)).run()
        #expect(scene.numbers == [2, 4, 5])
        #expect(report.swept.spared.filter { $0.hasPrefix("snapshots/") }.count == 2)
        #expect(report.plan.snapshots[1].decision.description == "kept: held: auditors")
        try await scene.checkAll()
        let maintainer = try await scene.enrol("maintainer")
        await #expect(throws: Fault.self) {
            try await scene.fixture.opened(in: scene.store).vault.release(
                ids[1],
                keys: maintainer,
                at: scene.clock.now()
            )
        }
        try await scene.fixture.vault.release(
            ids[1],
            keys: scene.fixture.keys,
            at: scene.clock.now()
        )
        for _ in 0..<2 {
            _ = try await scene.collector(KeepPolicy(last: 2)).run()
            scene.pass(days: 1)
        }
        #expect(scene.numbers == [4, 5])
        try await scene.checkAll()
    }

    @Test func `a hold ends with its time`() async throws {
        var scene = try await CollectionScene()
        try await scene.backUp(days: 3)
        let id = try #require(scene.models.keys.min())
        try await scene.fixture.vault.hold(
            id,
            reason: "until the audit",
            until: scene.clock.now() + .seconds(3 * 86_400),
            keys: scene.fixture.keys,
            at: scene.clock.now()
        )
        for expected in [[1, 2, 3], [1, 3], [1, 3], [1, 3], [3]] as [[UInt64]] {
            _ = try await scene.collector(KeepPolicy(last: 1)).run()
            #expect(scene.numbers == expected)
            scene.pass(days: 1)
        }
    }

    @Test func `a snapshot that is gone or cannot be read stops everything`() async throws {
        for damage in [true, false] {
            var scene = try await CollectionScene()
            try await scene.backUp(days: 5)
            _ = try await scene.collector(KeepPolicy(last: 1)).run()
            scene.pass(days: 1)
            let name = try #require(scene.models.keys.min()).description
            let object = try #require(ObjectName(scene.numbers.isEmpty ? "" : name))
            let third = try #require(
                scene.models.keys.sorted().dropFirst(damage ? 0 : 4).first
            )
            let victim = damage ? object : try #require(ObjectName(third.description))
            let bytes = try #require(scene.store.contents[victim])
            scene.store.tamper(victim, damage ? Array(bytes.dropLast()) : nil)
            let before = scene.store.contents.count
            let fault = await #expect(throws: Fault.self) {
                _ = try await scene.collector(KeepPolicy(last: 1)).run()
            }
            #expect(fault?.code == (damage ? .headUnreadable : .headsVanished))
            #expect(scene.store.contents.count == before)
            scene.store.tamper(victim, bytes)
            _ = try await scene.collector(KeepPolicy(last: 1)).run()
            #expect(scene.numbers == [5])
            try await scene.checkAll()
        }
    }

    @Test func `losses can be accepted`() async throws {
        var scene = try await CollectionScene()
        try await scene.backUp(days: 4)
        _ = try await scene.collector(KeepPolicy(last: 3)).run()
        let ids = scene.models.keys.sorted()
        let object = try #require(ObjectName(ids[2].description))
        scene.store.tamper(object, [1, 2, 3])
        scene.store.tamper(try #require(ObjectName(ids[1].description)), nil)
        for _ in 0..<3 {
            scene.pass(days: 1)
            let collector = try await scene.collector(KeepPolicy(last: 3), acceptsLosses: true)
            _ = try await collector.run()
        }
        // The first had been marked; now that two others are lost, it is wanted again.
        #expect(scene.numbers == [1, 4])
        try await scene.checkAll()
        #expect(scene.names("gc/").isEmpty)
        _ = try await scene.collector(KeepPolicy(last: 3)).run()
    }

    @Test func `a listing that hides a snapshot deletes nothing`() async throws {
        var scene = try await CollectionScene()
        try await scene.backUp(days: 5)
        _ = try await scene.collector(KeepPolicy(last: 2)).run()
        try await scene.backUp()
        try await scene.backUp()
        scene.pass(days: 1)
        let before = scene.store.contents
        for seq in [1, 4, 5, 6] as [UInt64] {
            let hidden = try #require(scene.models.keys.first { $0.seq == seq }).description
            let lying = HidingStore(scene.store) { $0 == hidden }
            let collector = try await scene.collector(KeepPolicy(last: 2), store: lying)
            let fault = await #expect(throws: Fault.self) { _ = try await collector.run() }
            #expect(fault?.code == .listingShort, "\(seq)")
            #expect(scene.store.contents == before, "\(seq)")
        }
        for prefix in ["snapshots/", "snapshots/alpha.shop.data/00000000"] {
            let lying = HidingStore(scene.store) { $0.hasPrefix(prefix) }
            let collector = try await scene.collector(KeepPolicy(last: 2), store: lying)
            let fault = await #expect(throws: Fault.self) { _ = try await collector.run() }
            #expect(fault?.code == .listingShort)
            #expect(scene.store.contents == before)
        }
    }

    @Test func `a vault that needs a newer collector is left alone`() async throws {
        var scene = try await CollectionScene()
        try await scene.backUp(days: 3)
        let name = try #require(ObjectName("format.json"))
        let text = String(decoding: try #require(scene.store.contents[name]), as: UTF8.self)
        let document = text.split(separator: "\n")[0].replacing("\"gc\":[]", with: "\"gc\":[\"x\"]")
        let message = Array("lifeboat/1/document\n\(document)".utf8)
        let key = scene.fixture.operatorKey
        let signature = Hexadecimal.encode(key.sign(message))
        let seal = "{\"by\":\"\(key.verifyKey)\",\"signature\":\"\(signature)\"}"
        scene.store.tamper(name, Array("\(document)\n\(seal)\n".utf8))
        let before = scene.store.contents
        let collector = try await scene.collector(KeepPolicy(last: 1))
        let fault = await #expect(throws: Fault.self) { _ = try await collector.run() }
        #expect(fault?.code == .unknownFormat)
        #expect(scene.store.contents == before)
        // Writing goes on.
        _ = try await scene.fixture.opened(in: scene.store).backUp(["a": [1]])
    }

    @Test func `what is locked stays, with all that it needs, and is named`() async throws {
        var scene = try await CollectionScene()
        try await scene.backUp(days: 5)
        _ = try await scene.collector(KeepPolicy(last: 1)).run()
        scene.pass(days: 1)
        let head = try #require(ObjectName(scene.models.keys.sorted()[1].description))
        let marks = Set(scene.store.contents.keys.filter { $0.text.hasPrefix("gc/") })
        scene.store.lock(marks.union([head]))
        let report = try await scene.collector(KeepPolicy(last: 1)).run()
        #expect(report.swept.locked == [head.text])
        #expect(report.swept.unfinished == report.swept.tombstones)
        #expect(scene.numbers == [2, 5])
        try await scene.checkAll()
        scene.store.lock([])
        for _ in 0..<2 {
            scene.pass(days: 1)
            _ = try await scene.collector(KeepPolicy(last: 1)).run()
        }
        #expect(scene.numbers == [5])
        #expect(scene.names("gc/").isEmpty)
        try await scene.checkAll()
    }
}
