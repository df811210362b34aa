import Model
import ObjectStorage
import Sealing
import TestKit
import Testing
import Vault

/// Which log of Redis a collector gives up: where its snapshots lie in it only the pieces say.
@Suite struct RedisLogCollectionTests {
    private static let history = String(repeating: "a", count: 40)

    private struct Scene {
        var base: CollectionScene

        init() async throws { base = try await CollectionScene() }

        /// Sets the clocks of the host and of the store, which are one on a directory.
        func setClocks(by time: Duration) {
            base.store.advance(by: time)
            base.clock.set(base.clock.now() + time)
        }

        func put(
            _ positions: Range<Int>,
            epoch: UInt32 = 1,
            history: String = RedisLogCollectionTests.history
        ) async throws {
            let writer = try base.fixture.logWriter(.redis)
            try await writer.put(
                LogInput(
                    source: "redis",
                    epoch: epoch,
                    from: UInt64(positions.lowerBound),
                    bytes: positions.map { UInt8(truncatingIfNeeded: $0) },
                    time: base.clock.now(),
                    heartbeat: nil,
                    facts: ["marks": "", "replication_id": history]
                )
            )
        }

        /// A snapshot at an offset; nil for one that does not say where the server was.
        func backUp(at offset: Int? = nil, history: String = RedisLogCollectionTests.history)
            async throws
        {
            var request = BackupRequest(
                stream: base.fixture.stream,
                kind: .redis,
                set: "set",
                state: base.fixture.state.path,
                clock: base.clock
            )
            request.options = base.fixture.options
            let time = base.clock.now()
            let facts =
                offset.map { ["replication_id": history, "replication_offset": "\($0)"] } ?? [:]
            _ = try await base.fixture.vault.backUp(request, keys: base.fixture.keys) {
                _ async throws(Fault) in BackupDraft(time: time, facts: facts)
            }
        }

        func collect(_ keep: KeepPolicy, log: Duration?) async throws -> CollectionReport {
            _ = try await base.collector(keep, log: log).run()
            base.pass(days: 1)
            return try await base.collector(keep, log: log).run()
        }

        func reads(_ positions: Range<Int>, epoch: UInt32 = 1) async throws -> Bool {
            var read: [UInt8] = []
            do throws(Fault) {
                try await LogReader(base.fixture.vault, stream: base.fixture.stream).read(
                    epoch: epoch,
                    from: UInt64(positions.lowerBound),
                    to: UInt64(positions.upperBound),
                    identities: [base.fixture.identity]
                ) { read += $1 }
            } catch { return false }
            return read == positions.map { UInt8(truncatingIfNeeded: $0) }
        }
    }

    @Test func `inside the window every byte stays, in long pieces, and what is older goes`()
        async throws
    {
        let scene = try await Scene()
        for day in 0..<10 {
            let from = day * 1_000
            try await scene.put(from..<from + 500)
            try await scene.put(from + 500..<from + 1_000)
            try await scene.put(from..<from + 1_000)
            try await scene.backUp()
            scene.base.pass(days: 1)
        }
        // When it marks, on day 10, the window of four days begins with the snapshot of day 6.
        let report = try await scene.collect(KeepPolicy(daily: 2), log: .seconds(4 * 86_400))
        let reasons = report.plan.snapshots.filter(\.decision.isKept)
            .map { "\($0.decision.description)" }
        #expect(reasons.contains { $0.contains("the log of the last 4 days begins with it") })
        #expect(try await scene.reads(6_000..<10_000))
        #expect(try await !scene.reads(5_999..<6_001))
        #expect(scene.base.names("log/").count == 4)
        #expect(try await VaultCheck(scene.base.fixture.vault).run { _ in }.damage == [])
    }

    /// A snapshot by a clock that is five hours ahead, which is then put right; the next one comes three days later.
    ///
    /// `goOn` tells the epoch that the log is in meanwhile.
    private func sceneAhead(_ goOn: (Scene) async throws -> UInt32) async throws -> Scene {
        let scene = try await Scene()
        try await scene.put(0..<1_000)
        try await scene.backUp(at: 1_000)
        scene.base.pass(days: 1)
        scene.setClocks(by: .seconds(5 * 3_600))
        try await scene.backUp(at: 1_000)
        scene.setClocks(by: .seconds(-5 * 3_600))
        let epoch = try await goOn(scene)
        scene.base.pass(days: 3)
        try await scene.put(3_000..<4_000, epoch: epoch)
        try await scene.backUp(at: 4_000)
        // From the next day on, and on the one after it, the window of three days begins with what was taken on day 1.
        scene.base.pass(days: 1)
        return scene
    }

    private func collect(_ scene: Scene) async throws {
        _ = try await scene.collect(.everything, log: .seconds(3 * 86_400))
        #expect(try await VaultCheck(scene.base.fixture.vault).run { _ in }.damage == [])
    }

    @Test func `after a clock that was hours ahead the log behind the snapshot stays`() async throws
    {
        let scene = try await sceneAhead { scene in
            // Nobody received while the clock was wrong: this is stored by the right one.
            try await scene.put(1_000..<2_000)
            scene.base.pass(days: 0.05)
            try await scene.put(2_000..<3_000)
            return 1
        }
        try await collect(scene)
        #expect(try await scene.reads(1_000..<4_000))
        // Once a later snapshot begins the window, it goes.
        scene.base.pass(days: 4)
        try await collect(scene)
        #expect(try await !scene.reads(1_000..<2_000))
        #expect(try await !scene.reads(2_000..<3_000))
    }

    @Test func `a log that began anew when the clock was put right stays too`() async throws {
        let scene = try await sceneAhead { scene in
            try await scene.put(1_000..<1_500, epoch: 2)
            try await scene.backUp(at: 1_500)
            try await scene.put(1_500..<3_000, epoch: 2)
            return 2
        }
        try await collect(scene)
        #expect(try await scene.reads(1_000..<3_000, epoch: 2))
    }

    @Test func `a piece of another history says nothing of a snapshot, one that is damaged may`()
        async throws
    {
        let scene = try await sceneAhead { scene in
            try await scene.put(900..<1_100, epoch: 2, history: String(repeating: "b", count: 40))
            try await scene.put(1_000..<2_000, epoch: 3)
            try await scene.put(2_000..<3_000, epoch: 3)
            return 3
        }
        // It touches the second, of another history, the third, and the first, whose piece is lost.
        for name in scene.base.names("log/") where name.contains("0000000000000000-") {
            scene.base.store.tamper(try #require(ObjectName(name)), nil)
        }
        let touching = try #require(
            scene.base.names("log/").first { $0.contains("00000000000003e8-00000000000007d0") }
        )
        let name = try #require(ObjectName(touching))
        let whole = try #require(scene.base.store.contents[name])
        var damaged = whole
        damaged[300] ^= 1
        scene.base.store.tamper(name, damaged)
        _ = try await scene.collect(.everything, log: .seconds(3 * 86_400))
        scene.base.store.tamper(name, whole)
        #expect(try await scene.reads(1_000..<3_000, epoch: 3))
    }

    @Test func `the snapshot with which the log begins anew stays as long as the window`()
        async throws
    {
        let scene = try await Scene()
        for epoch in 1...2 as ClosedRange<UInt32> {
            for part in 0..<3 {
                let from = Int(epoch) * 10_000 + part * 1_000
                try await scene.put(from..<from + 1_000, epoch: epoch)
                try await scene.backUp(at: from + 500)
                scene.base.pass(days: 0.1)
            }
        }
        scene.base.pass(days: 1)
        _ = try await scene.collect(KeepPolicy(last: 1), log: .seconds(4 * 86_400))
        // Without the first of each, what follows it could not be reached, and no log would ever be older than the window.
        #expect(scene.base.numbers == [1, 4, 6])
        scene.base.pass(days: 4)
        _ = try await scene.collect(KeepPolicy(last: 1), log: .seconds(4 * 86_400))
        #expect(scene.base.numbers == [6])
        #expect(scene.base.names("log/").count == 1)
    }

    @Test func `a piece is read once, however many snapshots lie in it`() async throws {
        let scene = try await Scene()
        try await scene.put(0..<1_000)
        try await scene.put(0..<1_000, epoch: 2, history: String(repeating: "b", count: 40))
        for _ in 0..<8 { try await scene.backUp(at: 500) }
        let collector = try await scene.base.collector(KeepPolicy(last: 2), log: .seconds(86_400))
        scene.base.store.forgetOperations()
        let plan = try await collector.plan()
        let reads = scene.base.store.operations.filter {
            $0.kind == .read && $0.name.hasPrefix("log/")
        }
        // That of the other history comes after the right one, and need not be read.
        #expect(reads.count == 1)
        #expect(plan.snapshots.count { $0.decision.isKept } == 3)
    }

    @Test func `without a snapshot older than the window all of it stays`() async throws {
        let scene = try await Scene()
        try await scene.put(0..<100)
        scene.base.pass(days: 9)
        try await scene.backUp()
        scene.base.pass(days: 1)
        _ = try await scene.collect(.everything, log: .seconds(4 * 86_400))
        #expect(try await scene.reads(0..<100))
    }

    @Test func `without a log there is nothing to tell`() async throws {
        let scene = try await Scene()
        try await scene.backUp()
        #expect(try await scene.base.collector(.everything).plan().log.isEmpty)
    }
}
