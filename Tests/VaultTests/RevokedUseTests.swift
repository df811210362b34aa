import Model
import ObjectStorage
import Sealing
import TestKit
import Testing
import Vault

/// What copies, collections and readers of the log make of what a revoked key signed.
@Suite struct RevokedUseTests {
    @Test(arguments: [false, true])
    func `it is not copied, and a copy learns of the revocation`(isKnownAtTarget: Bool) async throws
    {
        let source = MemoryStore()
        let target = MemoryStore()
        let thief = try await VaultFixture(in: source)
        let good = try await thief.backUp(["a": [1]])
        try await thief.writeLog([UInt8](repeating: 1, count: 2_000), at: [0, 1_000])
        let copy = try await thief.vault.makeCopy(in: target)
        // Only one of the two was there when the key was revoked.
        let revocations = try await thief.vault.revocations(
            of: "alpha",
            since: nil,
            seenIn: [thief.vault],
            operator: thief.operatorKey,
            at: thief.time
        )
        for revocation in revocations {
            try await (isKnownAtTarget ? copy : thief.vault).store(revocation)
        }
        _ = try await thief.backUp(["a": [66]])
        try await thief.writeLog([UInt8](repeating: 1, count: 2_000), at: [1_000, 2_000])
        for _ in 0..<2 {
            let report = await Replication(
                from: try await Vault.open(source, expecting: thief.vault.id),
                to: try await Vault.open(target, expecting: thief.vault.id)
            ).run { _ in }
            #expect(report.isComplete && report.revoked == 2)
        }
        let opened = try await thief.opened(in: target)
        #expect(Forgery.names(target, "snapshots/").map(\.text) == ["\(good.id)"])
        #expect(Forgery.names(target, "log/").count == 1)
        #expect(opened.vault.revocations.count == 1)
        #expect(try await VaultCheck(opened.vault, .copy).run { _ in }.damage == [])
    }

    @Test func `a flood of it pushes no good snapshot out, and goes when losses are accepted`()
        async throws
    {
        var scene = try await CollectionScene()
        try await scene.backUp(days: 3)
        let owner = try await scene.fixture.revokingKey()
        // The thief floods the stream, and puts a fork beside every snapshot.
        let objects = try await owner.vault.snapshots().snapshots.map(\.id)
        for _ in 0..<6 { try await scene.backUp() }
        for id in objects {
            let object = try #require(scene.store.contents[named("\(id)")])
            let forged = Forgery.signed(object, by: scene.fixture.keys.signing) {
                $0.replacing("\"problems\":0", with: "\"problems\":1")
            }
            let seq = "\(id)".split(separator: "/")[2].prefix(10)
            scene.store.tamper(
                try Forgery.name("snapshots/alpha.shop.data/\(seq)", forged),
                forged
            )
        }
        let renewed = try await owner.withNewKeys()
        for _ in 0..<2 {
            let report = try await scene.collector(KeepPolicy(last: 2), keys: renewed.keys).run()
            let kept = report.plan.snapshots.filter(\.decision.isKept)
            #expect(kept.count == report.plan.snapshots.count - (scene.numbers.contains(1) ? 1 : 0))
            scene.pass(days: 1)
        }
        let list = try await owner.vault.snapshots()
        #expect(list.snapshots.map(\.id) == Array(objects.dropFirst()))
        #expect(list.refused.count == 9 && list.refused.allSatisfy { $0.code == .revoked })
        for snapshot in list.snapshots {
            #expect(try await owner.restore(snapshot) == scene.models[snapshot.id])
        }
        for _ in 0..<2 {
            _ = try await scene.collector(
                KeepPolicy(last: 2),
                keys: renewed.keys,
                acceptsLosses: true
            ).run()
            scene.pass(days: 1)
        }
        #expect(scene.numbers == [2, 3])
        let opened = try await renewed.opened(in: scene.store)
        #expect(try await VaultCheck(opened.vault).run { _ in }.damage == [])
        let next = try await opened.backUp(["a": [1]])
        #expect(next.head.seq == 4)
    }

    @Test func `while the revocation is lost nothing of it is given up, whatever is accepted`()
        async throws
    {
        var scene = try await CollectionScene()
        try await scene.backUp(days: 3)
        let owner = try await scene.fixture.revokingKey()
        try await scene.backUp()
        let renewed = try await owner.withNewKeys()
        _ = try await renewed.backUp(["a": [1]])
        let revocation = try #require(
            Forgery.names(scene.store, "hosts/").first { $0.text.contains("revoked-") }
        )
        let bytes = try #require(scene.store.contents[revocation])
        scene.store.tamper(revocation, nil)
        let before = scene.numbers
        let collect = { () async throws -> CollectionPlan in
            let plan = try await scene.collector(
                KeepPolicy(last: 9),
                keys: renewed.keys,
                acceptsLosses: true
            ).run().plan
            scene.pass(days: 1)
            return plan
        }
        for _ in 0..<3 {
            #expect(try await collect().snapshots.allSatisfy(\.decision.isKept))
        }
        #expect(scene.numbers == before)
        scene.store.tamper(revocation, bytes)
        let dropped = try await collect().snapshots.filter { !$0.decision.isKept }
        #expect(dropped.map(\.id.seq) == [4])
        #expect(
            dropped.allSatisfy { "\($0.decision)".contains("given up: a revoked key signed it") }
        )
    }

    @Test func `its tombstones, holds and checks are obeyed by nobody`() async throws {
        var scene = try await CollectionScene()
        try await scene.backUp(days: 3)
        let ids = try await scene.fixture.vault.snapshots().snapshots.map(\.id)
        let (fixture, time) = (scene.fixture, scene.clock.now())
        try await fixture.vault.hold(
            ids[0],
            reason: "audit",
            until: nil,
            keys: fixture.keys,
            at: time
        )
        let owner = try await fixture.revokingKey()
        // All of it would be the host's own word.
        try await fixture.vault.release(ids[0], keys: fixture.keys, at: time)
        var tombstone = Tombstone()
        tombstone.forgets = ids.map(\.description)
        tombstone.packs = try await fixture.vault.snapshots().snapshots.flatMap(\.head.packs)
            .map(\.id)
        try await fixture.vault.publish(tombstone, in: .collections, keys: fixture.keys, at: time)
        let renewed = try await owner.withNewKeys()
        let vault = try await renewed.opened(in: scene.store).vault
        #expect(try await vault.holds(at: time).keys.sorted() == [ids[0]])
        let pending = try await vault.pendingTombstones()
        #expect(pending.documents.isEmpty && pending.unreadable.isEmpty)
        let report = try await VaultCheck(vault).run { _ in }
        #expect(report.damage == [] && report.distrusted.count == 2)
        #expect(report.distrusted.allSatisfy { $0.fact.contains("operator revoked") })
        for _ in 0..<3 {
            _ = try await scene.collector(KeepPolicy(last: 2), keys: renewed.keys).run()
            scene.pass(days: 1)
        }
        #expect(scene.numbers == [1, 2, 3])
        for snapshot in try await vault.snapshots().snapshots {
            #expect(try await owner.restore(snapshot) == scene.models[snapshot.id])
        }
    }

    @Test func `its log is neither counted nor read, also where it would reach further`()
        async throws
    {
        let store = MemoryStore()
        let thief = try await VaultFixture(in: store)
        var random = SeededGenerator(seed: 31)
        let log = random.text(6_000)
        try await thief.writeLog(log, at: [0, 1_000, 2_000, 3_000])
        let owner = try await thief.revokingKey()
        // Longer than what it covers, at the end, and beyond.
        let false_ = [UInt8](repeating: 88, count: 6_000)
        let listed = try #require(Forgery.names(store, "log/").first).text.suffix(16)
        try await thief.writeLog(false_, at: [500, 3_000])
        try await thief.writeLog(false_, at: [3_000, 4_000])
        try await thief.writeLog(false_, at: [5_500, 6_000])
        let reader = try await LogReader(owner.vault, stream: owner.stream)
        #expect(reader.coverage(epoch: 1).ranges == [0..<3_000])
        #expect(try await owner.readLog(to: 3_000) == Array(log[..<3_000]))
        #expect(await fault { _ = try await owner.readLog(to: 3_001) }?.code == .logGap)
        // Nor under the hash of a piece that counts.
        let last = try #require(
            Forgery.names(store, "log/").last { $0.text.contains("0bb8-0000000000000fa0") }
        )
        let renamed = try named("\(last.text.dropLast(16))\(listed)")
        store.tamper(renamed, store.contents[last])
        let renamedReader = try await LogReader(owner.vault, stream: owner.stream)
        #expect(renamedReader.coverage(epoch: 1).ranges == [0..<3_000])
        store.tamper(renamed, nil)
        let renewed = try await owner.withNewKeys()
        try await renewed.writeLog(log, at: [3_000, 6_000])
        #expect(try await renewed.readLog(to: 6_000) == log)
        store.forgetOperations()
        let again = try await LogReader(renewed.vault, stream: renewed.stream)
        #expect(again.coverage(epoch: 1).ranges == [0..<6_000])
        // The heads were read once; what the revocation lists was never read.
        #expect(store.operations.map(\.kind) == [.list])
        let opened = try await renewed.opened(in: store)
        let report = try await VaultCheck(opened.vault).run { _ in }
        #expect(report.damage == [] && report.distrusted.count == 3)
        #expect(report.distrusted.allSatisfy { $0.object.hasPrefix("log/") })
    }
}
