import Model
import ObjectStorage
import Sealing
import TestKit
import Testing
import Vault

/// Which log of Redis a collector gives up: its snapshots name no positions in it.
@Suite struct RedisLogCollectionTests {
    private struct Scene {
        var base: CollectionScene

        init() async throws { base = try await CollectionScene() }

        func put(_ positions: Range<Int>) async throws {
            let writer = try LogWriter(
                base.fixture.vault,
                keys: base.fixture.keys,
                stream: base.fixture.stream,
                kind: .redis,
                state: base.fixture.state.path
            )
            try await writer.put(
                LogInput(
                    source: "redis",
                    epoch: 1,
                    from: UInt64(positions.lowerBound),
                    bytes: positions.map { UInt8(truncatingIfNeeded: $0) },
                    time: base.clock.now(),
                    heartbeat: nil,
                    facts: ["marks": ""]
                )
            )
        }

        func backUp() async throws {
            var request = BackupRequest(
                stream: base.fixture.stream,
                kind: .redis,
                set: "set",
                state: base.fixture.state.path,
                clock: base.clock
            )
            request.options = base.fixture.options
            let time = base.clock.now()
            _ = try await base.fixture.vault.backUp(request, keys: base.fixture.keys) {
                _ async throws(Fault) in BackupDraft(time: time, facts: [:])
            }
        }

        func collect(_ keep: KeepPolicy, log: Duration?) async throws -> CollectionReport {
            _ = try await base.collector(keep, log: log).run()
            base.pass(days: 1)
            return try await base.collector(keep, log: log).run()
        }

        func reads(_ positions: Range<Int>) async throws -> Bool {
            var read: [UInt8] = []
            do throws(Fault) {
                try await LogReader(base.fixture.vault, stream: base.fixture.stream).read(
                    epoch: 1,
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
