import Model
import ObjectStorage
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// In a copy with Object Lock nothing that a live snapshot needs can be deleted before its time.
@Suite struct LockTests {
    static let month = LockTerm(period: .seconds(30 * 86_400))

    /// Whose lock is over at a time, of what the snapshots with some numbers need, and of what the vault rests on.
    private static func open(
        _ scene: CollectionScene,
        _ numbers: Set<UInt64>,
        at time: Instant
    ) async throws -> [String] {
        var needed = Set(scene.names("hosts/")).union(
            ["format.json", "README.txt", "recover.py", "format.proto"]
        )
        for snapshot in try await scene.fixture.opened(in: scene.store).vault.snapshots().snapshots
        where numbers.contains(snapshot.id.seq) {
            needed.insert(snapshot.id.description)
            for pack in snapshot.head.packs {
                needed.insert("packs/\("\(pack.id)".prefix(2))/\(pack.id)")
            }
        }
        let locks = scene.store.locks
        return needed.filter { name in
            ObjectName(name).flatMap { locks[$0] }.map { $0 < time } ?? true
        }.sorted()
    }

    /// A backup, and what follows it.
    private static func backUp(_ scene: inout CollectionScene) async throws -> LockReport {
        let snapshot = try await scene.backUp()
        return try #require(try await scene.locks(scene.fixture.vault)?.keep([snapshot]))
    }

    @Test func `whatever a new snapshot names stays locked for the whole term from then on`()
        async throws
    {
        var scene = try await CollectionScene(term: Self.month)
        var prolonged = 0
        for day in 0..<120 {
            prolonged += try await Self.backUp(&scene).prolonged
            let end = scene.store.now + Self.month.period
            #expect(
                try await Self.open(scene, [UInt64(day + 1)], at: end) == [],
                "day \(day)"
            )
            scene.pass(days: 1)
        }
        // What every snapshot names is prolonged twice in a term, not every day.
        let foundations = 5
        let shared = prolonged - foundations * 7
        #expect(prolonged > 0 && shared < 120, "\(prolonged)")
    }

    @Test func `a run that finds nothing to prolong asks for little`() async throws {
        var scene = try await CollectionScene(term: Self.month)
        _ = try await Self.backUp(&scene)
        scene.pass(days: 1)
        let snapshot = try await scene.backUp()
        scene.store.forgetOperations()
        let vault = scene.fixture.vault
        let report = try #require(try await scene.locks(vault)?.keep([snapshot]))
        #expect(report.prolonged == 0 && report.needed > 6)
        let calls = scene.store.operations.map(\.kind)
        #expect(calls.count { $0 == .list } == 2)
        // The first look shows the store's time, the second one that it locks.
        #expect(calls.count { $0 == .status } == 2)
        #expect(calls.count == 4)
    }

    @Test func `without its table everything is asked about once, and nothing twice`() async throws
    {
        var scene = try await CollectionScene(term: Self.month)
        _ = try await Self.backUp(&scene)
        scene.pass(days: 20)
        let snapshot = try await scene.backUp()
        let table = scene.fixture.state.path.appending("locks")
        for spoil in [0, 1, 2] {
            switch spoil {
            case 0: try FileSystem.removeTree(table)
            case 1:
                var bytes = try DurableFile.read(table, limit: ByteCount(1 << 20))
                bytes[bytes.count / 2] ^= 1
                try DurableFile.replace(table, with: bytes, mode: 0o600)
            default: try DurableFile.replace(table, with: [], mode: 0o600)
            }
            scene.store.forgetOperations()
            let locks = try #require(scene.locks(scene.fixture.vault))
            let report = try await locks.keep([snapshot])
            let asked = scene.store.operations.count { $0.kind == .status }
            #expect(asked == report.needed + 1, "\(spoil)")
            #expect((report.prolonged > 0) == (spoil == 0), "\(spoil)")
            let end = scene.store.now + Self.month.period
            #expect(try await Self.open(scene, [2], at: end) == [], "\(spoil)")
        }
    }

    @Test func `what was stored before there were locks is locked by the next run`() async throws {
        var scene = try await CollectionScene(term: Self.month)
        scene.store.setLock(nil)
        try await scene.backUp(days: 3)
        #expect(!(try await Self.open(scene, [1, 2, 3], at: scene.store.now)).isEmpty)
        scene.store.setLock(Self.month.whole)
        let report = try await scene.collector(KeepPolicy(last: 9)).run()
        #expect(report.findings.isEmpty && (report.locks?.prolonged ?? 0) > 6)
        let end = scene.store.now + Self.month.period
        #expect(try await Self.open(scene, [1, 2, 3], at: end) == [])
    }

    @Test
    func `what retention keeps is locked for ever, what it gives up goes when its lock is over`()
        async throws
    {
        var scene = try await CollectionScene(seed: 5, term: LockTerm(period: .seconds(8 * 86_400)))
        let keep = KeepPolicy(daily: 4, monthly: 3)
        var most = 0
        for day in 0..<100 {
            _ = try await Self.backUp(&scene)
            let report = try await scene.collector(keep).run()
            #expect(report.findings.isEmpty)
            let kept = report.plan.snapshots.filter(\.decision.isKept).map(\.id.seq)
            let end = scene.store.now + .seconds(8 * 86_400)
            #expect(try await Self.open(scene, Set(kept), at: end) == [], "day \(day)")
            // No snapshot that is there has lost anything, locked or not.
            if day.isMultiple(of: 20) { try await scene.checkAll() }
            most = max(most, scene.numbers.count)
            scene.pass(days: 1)
        }
        // Twelve days of locks, one of marking, and what is kept.
        #expect(most <= 12 + 2 + 7, "\(most)")
        #expect(scene.names("gc/").count <= 2 * 14, "\(scene.names("gc/").count)")
        let packs = scene.names("packs/").count
        for _ in 0..<30 {
            _ = try await scene.collector(keep).run()
            scene.pass(days: 1)
        }
        #expect(scene.names("packs/").count < packs / 2)
        try await scene.checkAll()
    }

    @Test func `what is known to be locked is reported as kept, without asking`() async throws {
        var scene = try await CollectionScene(term: Self.month)
        for _ in 0..<4 {
            _ = try await Self.backUp(&scene)
            scene.pass(days: 1)
        }
        // What was stored before the table began may be locked or not.
        _ = try await scene.collector(KeepPolicy(last: 1)).run()
        scene.pass(days: 1)
        let report = try await scene.collector(KeepPolicy(last: 1)).run()
        #expect(report.swept.forgotten.isEmpty && report.swept.lockedCount >= 3)
        #expect(
            Set(report.swept.locked).isSuperset(
                of: scene.models.keys.map(\.description)
                    .filter { !$0.contains("/0000000004-") }
            )
        )
        #expect(scene.numbers == [1, 2, 3, 4])
        scene.store.forgetOperations()
        scene.pass(days: 1)
        _ = try await scene.collector(KeepPolicy(last: 1)).run()
        let asked = scene.store.operations.filter { $0.kind == .remove }.map(\.name)
        #expect(
            !asked.contains { $0.hasPrefix("snapshots/") || $0.hasPrefix("packs/") },
            "\(asked)"
        )
    }

    @Test func `a store that does not lock is found out with the first snapshot`() async throws {
        var scene = try await CollectionScene(term: Self.month)
        scene.store.setLock(nil)
        let fault = await #expect(throws: Fault.self) { try await Self.backUp(&scene) }
        #expect(fault?.code == .lockShort)
        #expect(fault?.code.exit == .incomplete)
        let report = try await scene.collector(KeepPolicy(last: 1)).run()
        #expect(report.findings.map(\.code) == [.lockShort])
    }

    @Test func `a crash at any change leaves what was locked, and the next run does the rest`()
        async throws
    {
        var scene = try await CollectionScene(term: Self.month)
        for _ in 0..<3 { _ = try await Self.backUp(&scene) }
        scene.pass(days: 16)
        let memory = scene.fixture.state.path.appending("locks")
        let table = try DurableFile.read(memory, limit: ByteCount(1 << 20))
        let keep = KeepPolicy(last: 9)
        var point = 1
        while true {
            let store = scene.store.copy()
            try DurableFile.replace(memory, with: table, mode: 0o600)
            let crash = CrashStore(
                store,
                crashingAt: point,
                fate: point.isMultiple(of: 2) ? .applied : .lost
            )
            let before = store.locks
            _ = try? await scene.collector(keep, store: crash).run()
            for (name, end) in before { #expect(store.locks[name] ?? end >= end, "\(point)") }
            guard crash.hasCrashed else { break }
            let report = try await scene.collector(keep, store: store).run()
            #expect(report.findings.isEmpty)
            let end = store.now + Self.month.period
            for (name, lock) in store.locks where !name.text.hasPrefix("ledger/") {
                #expect(lock >= end, "\(point): \(name)")
            }
            point += 1
        }
        #expect(point > 12)
    }
}
