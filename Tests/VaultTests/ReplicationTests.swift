import Model
import ObjectStorage
import Sealing
import TestKit
import Testing
import Vault

@Suite struct ReplicationTests {
    private static func files(_ seed: UInt64) -> [String: [UInt8]] {
        var random = SeededGenerator(seed: seed)
        return [
            "a": random.bytes(200_000), "b": random.text(70_000), "pages/c": random.bytes(90_000),
        ]
    }

    /// A vault with two snapshots that share packs, and a log.
    private struct Pair {
        let source = MemoryStore()
        let target = MemoryStore()
        let fixture: VaultFixture
        let snapshots: [Snapshot]
        let models: [[String: [UInt8]]]
        let log: [UInt8]

        init() async throws {
            var random = SeededGenerator(seed: 71)
            fixture = try await VaultFixture(in: source, packBytes: 32 << 10)
            var second = ReplicationTests.files(1)
            second["b"] = random.text(60_000)
            second["d"] = random.bytes(150_000)
            models = [ReplicationTests.files(1), second]
            snapshots = [
                try await fixture.backUp(models[0]), try await fixture.backUp(models[1]),
            ]
            log = random.text(5_000)
            try await fixture.writeLog(log, at: [0, 1_000, 2_000, 5_000])
        }

        func copied(
            _ choice: CopyChoice = CopyChoice(),
            source: (any ObjectStore)? = nil,
            target: (any ObjectStore)? = nil
        ) async throws(Fault) -> ReplicationReport {
            let source = try await Vault.open(source ?? self.source, expecting: fixture.vault.id)
            let store = target ?? self.target
            let copy = try await source.makeCopy(in: store)
            return await Replication(from: source, to: copy, choice: choice).run { _ in }
        }

        /// Everything in the target restores, and nothing in it is damaged.
        func verify(_ count: Int) async throws {
            let copy = try await fixture.opened(in: target)
            #expect(try await VaultCheck(copy.vault, .copy).run { _ in }.damage == [])
            let found = try await copy.vault.snapshots().snapshots
            #expect(found.count == count)
            for snapshot in found {
                #expect(try await copy.restore(snapshot) == models[Int(snapshot.id.seq) - 1])
            }
        }
    }

    @Test func `an empty store becomes a copy, byte for byte, and a second run has nothing to do`()
        async throws
    {
        let pair = try await Pair()
        let report = try await pair.copied()
        #expect(report.isComplete)
        #expect(Set(report.snapshots) == Set(pair.snapshots.map(\.id)))
        let isSame = pair.target.contents == pair.source.contents
        #expect(isSame)
        #expect(
            report.packs == pair.source.contents.keys.filter { $0.text.hasPrefix("packs/") }.count
        )
        #expect(report.logPieces == 3)
        try await pair.verify(2)
        #expect(try await pair.fixture.opened(in: pair.target).readLog(to: 5_000) == pair.log)
        pair.target.forgetOperations()
        let again = try await pair.copied()
        #expect(again.isComplete && again.snapshots.isEmpty && again.bytes == .zero)
        #expect(!pair.target.operations.contains { [.put, .remove].contains($0.kind) })
    }

    @Test func `packs come before the listing, and the listing before heads`() async throws {
        let pair = try await Pair()
        _ = try await pair.fixture.vault.makeCopy(in: pair.target)
        pair.target.forgetOperations()
        _ = try await pair.copied()
        let steps = pair.target.operations
        let lastPack = steps.lastIndex { $0.kind == .put && $0.name.hasPrefix("packs/") }
        let proof = steps.lastIndex { $0.kind == .list && $0.name == "packs/" }
        let marks = steps.lastIndex { $0.kind == .list && $0.name == "gc/" }
        let head = steps.firstIndex { $0.kind == .put && $0.name.hasPrefix("snapshots/") }
        let (pack, listing, tombstones, first) = (
            try #require(lastPack), try #require(proof), try #require(marks), try #require(head)
        )
        #expect(pack < tombstones && tombstones < listing && listing < first)
    }

    @Test func `deletions are not mirrored, and what the target's collection gave up stays away`()
        async throws
    {
        let pair = try await Pair()
        _ = try await pair.copied()
        let copy = try await pair.fixture.opened(in: pair.target)
        let first = try #require(ObjectName(pair.snapshots[0].id.description))
        try await pair.source.remove(first)
        #expect(try await pair.copied().isComplete)
        #expect(try await pair.target.status(first) != nil)
        var tombstone = Tombstone()
        tombstone.forgets = [pair.snapshots[1].id.description]
        try await copy.vault.publish(
            tombstone,
            in: .collections,
            keys: pair.fixture.keys,
            at: pair.fixture.time
        )
        let second = try #require(ObjectName(pair.snapshots[1].id.description))
        try await pair.target.remove(second)
        #expect(try await pair.copied().snapshots.isEmpty)
        #expect(try await pair.target.status(second) == nil)
        #expect(pair.source.contents.keys.filter { $0.text.hasPrefix("gc/") }.isEmpty)
    }

    @Test func `a head waits while the target is about to delete its pack, and comes afterwards`()
        async throws
    {
        let pair = try await Pair()
        _ = try await pair.copied()
        let copy = try await pair.fixture.opened(in: pair.target)
        // The target gave its second snapshot up and marked a pack; the source has a third one that names the pack.
        let third = try await pair.fixture.backUp(pair.models[1])
        let shared = try #require(
            Set(third.head.packs).intersection(pair.snapshots[1].head.packs).first
        )
        let pack = VaultName.pack(shared.id).objectName
        var mark = Tombstone()
        mark.packs = [shared.id]
        let keys = pair.fixture.keys
        let name = try await copy.vault.publish(
            mark,
            in: .collections,
            keys: keys,
            at: pair.fixture.time
        )
        let waits = try await pair.copied()
        #expect(waits.snapshots.isEmpty && waits.waiting.map(\.object) == [third.id.description])
        #expect(waits.fault == nil && !waits.isComplete)
        try await pair.target.remove(pack)
        try await pair.target.remove(name)
        let comes = try await pair.copied()
        #expect(comes.isComplete && comes.snapshots == [third.id])
        #expect(try await pair.target.status(pack) != nil)
    }

    @Test func `a proof older than an hour is made again, suspended time counted`() async throws {
        let pair = try await Pair()
        let copy = try await pair.fixture.vault.makeCopy(in: pair.target)
        // With a clock that races no proof holds: each is made three times before a head, and once more after it.
        let paces: [(pace: Int64, listings: Int)] = [(1, 2), (1_300, 4), (3_601, 9)]
        for (pace, listings) in paces {
            let target = pair.target.copy()
            let boot = StepClock(pace: .seconds(pace))
            let report = await Replication(
                from: pair.fixture.vault,
                to: try await copy.copy(in: target),
                bootTime: boot.now
            ).run { _ in }
            #expect(report.isComplete && report.snapshots.count == 2)
            // One for the difference, and those for the heads.
            let lists = target.operations.filter { $0.kind == .list && $0.name == "packs/" }
            #expect(lists.count == listings)
        }
    }

    @Test func `a store that loses what it was given gets no head`() async throws {
        let pair = try await Pair()
        _ = try await pair.fixture.vault.makeCopy(in: pair.target)
        for number in 1...12 {
            let target = pair.target.copy()
            let liar = FaultyStore(target, [FaultyStore.Rule(.put, number: number, .pretend)])
            let report = try await pair.copied(target: liar)
            let copy = try await pair.fixture.opened(in: target)
            #expect(try await VaultCheck(copy.vault, .copy).run { _ in }.damage == [])
            if report.fault?.code == .vanished { continue }
            // A piece of log that vanishes is not noticed at once: the next run brings it.
            #expect(report.isComplete)
        }
    }

    @Test func `another vault is refused, and so is a place with something in it`() async throws {
        let pair = try await Pair()
        let other = MemoryStore()
        _ = try await VaultFixture(in: other)
        let before = other.contents
        await expectForeign { () async throws(Fault) in
            _ = try await pair.fixture.vault.makeCopy(in: other)
        }
        let isUntouched = other.contents == before
        #expect(isUntouched)
        for name in ["holiday.jpg", "packs/ab/x", "snapshots/x"] {
            let store = MemoryStore()
            store.tamper(try #require(ObjectName(name)), [1])
            await expectForeign { () async throws(Fault) in
                _ = try await pair.fixture.vault.makeCopy(in: store)
            }
            #expect(store.contents.count == 1)
        }
        let store = MemoryStore()
        store.tamper(try #require(ObjectName("README.txt")), [1])
        await expectForeign { () async throws(Fault) in
            _ = try await pair.fixture.vault.makeCopy(in: store)
        }
    }

    private func expectForeign(_ work: () async throws(Fault) -> Void) async {
        do throws(Fault) {
            try await work()
            Issue.record("it was taken for a copy")
        } catch {
            #expect(error.code == .copyForeign && error.code.exit == .refused)
        }
    }

    @Test func `a rule chooses among the snapshots of both sides`() async throws {
        let pair = try await Pair()
        let newest: CopyChoice.Rule = { moments in
            Set(moments.map(\.id).sorted().suffix(1))
        }
        let choice = CopyChoice(rule: { _ in newest })
        let report = try await pair.copied(choice)
        #expect(report.isComplete && report.snapshots == [pair.snapshots[1].id])
        let named = Set(pair.snapshots[1].head.packs.map(\.id))
        #expect(report.packs == named.count)
        let third = try await pair.fixture.backUp(pair.models[0])
        #expect(try await pair.copied(choice).snapshots == [third.id])
        // The one that the rule no longer wants stays until the target's own collection takes it.
        #expect(
            try await pair.fixture.opened(in: pair.target).vault.snapshots().snapshots.count == 2
        )
    }

    @Test func `a copy without the whole log gets what its snapshots need, before their heads`()
        async throws
    {
        let pair = try await Pair()
        let second = pair.snapshots[1].id
        let choice = CopyChoice(
            takesLog: false,
            need: { $0.id == second ? LogSpan(epoch: 1, from: 1_500, to: 1_900) : nil }
        )
        let report = try await pair.copied(choice)
        #expect(report.isComplete && report.logPieces == 1 && report.snapshots.count == 2)
        let steps = pair.target.operations.filter { $0.kind == .put }.map(\.name)
        let piece = try #require(steps.firstIndex { $0.hasPrefix("log/") })
        let head = try #require(steps.firstIndex { $0 == second.description })
        #expect(piece < head)
        let greedy = CopyChoice(need: { _ in LogSpan(epoch: 1, from: 4_000, to: 5_001) })
        let store = MemoryStore()
        let refused = try await pair.copied(greedy, target: store)
        #expect(refused.snapshots.isEmpty && refused.damage.count == 2 && refused.fault == nil)
        #expect(refused.logPieces == 3)
    }

    @Test func `pieces within a longer one stay behind, unless the longer one is damaged`()
        async throws
    {
        let pair = try await Pair()
        try await pair.fixture.writeLog(pair.log, at: [0, 2_000])
        let report = try await pair.copied()
        #expect(report.isComplete && report.logPieces == 2)
        let whole = try #require(
            pair.target.contents.keys.first { $0.text.contains("0-00000000000007d0-") }
        )
        var bytes = try #require(pair.source.contents[whole])
        bytes[bytes.count / 2] ^= 1
        pair.source.tamper(whole, bytes)
        let store = MemoryStore()
        let second = try await pair.copied(target: store)
        #expect(second.logPieces == 3 && second.damage.map(\.object) == [whole.text])
        #expect(try await pair.fixture.opened(in: store).readLog(to: 5_000) == pair.log)
    }

    @Test func `reports and holds are copied, checks and collections stay with their copy`()
        async throws
    {
        let pair = try await Pair()
        struct Note: Codable, Sendable { var text = "x" }
        for folder in DocumentFolder.allCases {
            try await pair.fixture.vault.publish(
                Note(),
                in: folder,
                keys: pair.fixture.keys,
                at: pair.fixture.time
            )
        }
        let report = try await pair.copied()
        #expect(report.isComplete && report.documents == 2)
        let folders = Set(pair.target.contents.keys.map { $0.labels[0] })
        #expect(folders.isSuperset(of: ["reports", "holds"]))
        #expect(folders.isDisjoint(with: ["gc", "checks"]))
    }

    @Test func `a host that was enrolled later is known to the copy`() async throws {
        let pair = try await Pair()
        _ = try await pair.copied()
        let newcomer = HostKeys(newFor: "beta")
        _ = try await pair.fixture.vault.enrol(
            newcomer,
            recipients: [pair.fixture.identity.recipient],
            operator: pair.fixture.operatorKey,
            at: pair.fixture.time
        )
        #expect(try await pair.copied().isComplete)
        let copy = try await Vault.open(pair.target, expecting: pair.fixture.vault.id)
        #expect(copy.enrolment(of: "beta")?.key == newcomer.signing.verifyKey)
    }
}
