import Model
import ObjectStorage
import Sealing
import TestKit
import Testing
import Vault

@Suite struct LogCollectionTests {
    private static let segment = 1 << 20

    private struct Scene {
        var base: CollectionScene
        /// The log so far; position 0 is its first byte.
        var log: [UInt8] = []
        var random = SeededGenerator(seed: 9)

        init() async throws { base = try await CollectionScene() }

        /// Adds to the log in pieces, and each full segment once more as a whole.
        mutating func write(_ count: Int, pieces: Int, epoch: UInt32 = 1) async throws {
            let writer = try writer()
            for _ in 0..<pieces {
                let from = log.count
                let room = segment - from % segment
                log += random.bytes(min(count / pieces, room))
                try await put(writer, from..<log.count, epoch)
                if log.count.isMultiple(of: segment) {
                    try await put(writer, log.count - segment..<log.count, epoch)
                }
            }
        }

        func writer() throws -> LogWriter {
            try base.fixture.logWriter()
        }

        func put(_ writer: LogWriter, _ range: Range<Int>, _ epoch: UInt32) async throws {
            try await writer.put(
                LogInput(
                    source: "1",
                    epoch: epoch,
                    from: UInt64(range.lowerBound),
                    bytes: Array(log[range]),
                    time: base.clock.now(),
                    heartbeat: nil,
                    facts: ["segment_bytes": "\(segment)"]
                )
            )
        }

        /// A base backup that needs the log between two positions.
        func backUpBase(_ span: Range<Int>, epoch: UInt32 = 1) async throws -> Snapshot {
            var request = BackupRequest(
                stream: base.fixture.stream,
                kind: .postgresql,
                set: "set",
                state: base.fixture.state.path,
                clock: base.clock
            )
            request.options = base.fixture.options
            let time = base.clock.now()
            return try await base.fixture.vault.backUp(request, keys: base.fixture.keys) {
                session async throws(Fault) in
                BackupDraft(
                    time: time,
                    facts: [
                        "timeline": "\(epoch)",
                        "start_lsn": LSN(UInt64(span.lowerBound)).description,
                        "stop_lsn": LSN(UInt64(span.upperBound)).description,
                        "segment_bytes": "\(segment)",
                    ]
                )
            }
        }

        /// Reads the log back; false when it has a gap.
        func reads(_ range: Range<Int>, epoch: UInt32 = 1) async throws -> Bool {
            var read: [UInt8] = []
            do throws(Fault) {
                try await LogReader(base.fixture.vault, stream: base.fixture.stream).read(
                    epoch: epoch,
                    from: UInt64(range.lowerBound),
                    to: UInt64(range.upperBound),
                    identities: [base.fixture.identity]
                ) { read += $1 }
            } catch { return false }
            return read == Array(log[range])
        }

        func collect(_ keep: KeepPolicy, log: Duration?) async throws -> CollectionReport {
            _ = try await base.collector(keep, log: log).run()
            base.pass(days: 1)
            return try await base.collector(keep, log: log).run()
        }
    }

    @Test func `pieces that a whole segment holds go, and the log reads as before`() async throws {
        var scene = try await Scene()
        try await scene.write(5 * Self.segment / 2, pieces: 50)
        _ = try await scene.backUpBase(0..<100)
        let before = scene.base.names("log/").count
        let plan = try await scene.base.collector(.everything).plan()
        let covered = try #require(plan.log.first?.covered.objects)
        #expect(covered >= 40)
        let report = try await scene.collect(.everything, log: nil)
        #expect(report.swept.log == covered)
        #expect(scene.base.names("log/").count == before - covered)
        #expect(try await scene.reads(0..<scene.log.count))
        #expect(try await VaultCheck(scene.base.fixture.vault).run { _ in }.damage == [])
    }

    @Test func `a whole piece that is damaged, forged or too wide holds nothing`() async throws {
        var scene = try await Scene()
        try await scene.write(3 * Self.segment / 2, pieces: 15)
        _ = try await scene.backUpBase(0..<100)
        let whole = try #require(
            scene.base.names("log/").first { $0.contains("0000000000000000-0000000000100000") }
        )
        let name = try #require(ObjectName(whole))
        var bytes = try #require(scene.base.store.contents[name])
        bytes[bytes.count / 2] ^= 1
        scene.base.store.tamper(name, bytes)
        // One that says to hold more than a segment.
        try await scene.put(try scene.writer(), 0..<scene.log.count, 1)
        let count = scene.base.names("log/").count
        #expect(try await scene.collect(.everything, log: nil).swept.log == 0)
        #expect(scene.base.names("log/").count == count)
        #expect(try await scene.reads(0..<scene.log.count))
    }

    @Test func `outside of the window a base keeps its own log, inside every byte stays`()
        async throws
    {
        var scene = try await Scene()
        var spans: [Range<Int>] = []
        for _ in 0..<10 {
            let from = scene.log.count
            try await scene.write(100_000, pieces: 2)
            spans.append(from..<scene.log.count)
            _ = try await scene.backUpBase(from..<scene.log.count)
            try await scene.write(3 * Self.segment, pieces: 30)
            scene.base.pass(days: 1)
        }
        // When it sweeps, on day 11, the window of four days begins with the eighth, of day 7.
        _ = try await scene.base.fixture.vault.hold(
            try #require(SnapshotID(scene.base.names("snapshots/").sorted()[1])),
            reason: "audit",
            until: nil,
            keys: scene.base.fixture.keys,
            at: scene.base.clock.now()
        )
        let window = Duration.seconds(4 * 86_400)
        let report = try await scene.collect(KeepPolicy(daily: 2), log: window)
        let kept = report.plan.snapshots.filter(\.decision.isKept)
        #expect(kept.map(\.id.seq) == [2, 8, 9, 10])
        #expect(
            kept[1].decision.description == "kept: the log of the last 4 days begins with it"
        )
        #expect(scene.base.numbers == [2, 7, 8, 9, 10])
        #expect(try await scene.reads(spans[1]))
        #expect(try await scene.reads(spans[6].lowerBound..<scene.log.count))
        #expect(try await !scene.reads(spans[2]))
        #expect(try await !scene.reads(spans[0]))
        #expect(report.swept.log > 100)
    }

    @Test func `behind a gap the base with which the log goes on stays as long as the window`()
        async throws
    {
        var scene = try await Scene()
        var spans: [Range<Int>] = []
        for part in 0..<4 {
            // Before the second nobody received.
            if part == 1 { scene.log += scene.random.bytes(2 * Self.segment) }
            let from = scene.log.count
            try await scene.write(100_000, pieces: 2)
            _ = try await scene.backUpBase(from..<scene.log.count)
            try await scene.write(3 * Self.segment, pieces: 30)
            spans.append(from..<scene.log.count)
            scene.base.pass(days: 0.1)
        }
        let window = Duration.seconds(4 * 86_400)
        let report = try await scene.collect(KeepPolicy(last: 1), log: window)
        #expect(
            report.plan.snapshots[1].decision.description
                == "kept: the log that no older one leads to begins with it"
        )
        // The first one is not older than the window yet; without it none ever would be.
        #expect(scene.base.numbers == [1, 2, 4])
        #expect(try await scene.reads(spans[0]))
        #expect(try await scene.reads(spans[1].lowerBound..<scene.log.count))
        scene.base.pass(days: 4)
        _ = try await scene.collect(KeepPolicy(last: 1), log: window)
        #expect(scene.base.numbers == [4])
        #expect(try await !scene.reads(spans[1]))
        #expect(try await scene.reads(spans[3]))
    }

    @Test func `log that a revoked key signed hides no gap`() async throws {
        var scene = try await Scene()
        try await scene.write(100_000, pieces: 2)
        _ = try await scene.backUpBase(0..<scene.log.count)
        scene.base.pass(days: 0.1)
        let end = scene.log.count
        scene.log += scene.random.bytes(10_000)
        let owner = try await scene.base.fixture.revokingKey()
        // Nobody received, and the thief says that there is no gap.
        try await scene.put(try scene.writer(), end - 1_000..<scene.log.count, 1)
        scene.base.fixture = try await owner.withNewKeys()
        for _ in 0..<3 {
            let from = scene.log.count
            try await scene.write(100_000, pieces: 2)
            _ = try await scene.backUpBase(from..<scene.log.count)
            scene.base.pass(days: 0.1)
        }
        _ = try await scene.collect(KeepPolicy(last: 1), log: .seconds(4 * 86_400))
        #expect(scene.base.numbers == [1, 2, 4])
        #expect(try await scene.reads(end + 10_000..<scene.log.count))
    }

    @Test func `a base without words about its log keeps all of it`() async throws {
        var scene = try await Scene()
        try await scene.write(Self.segment, pieces: 4)
        try await scene.base.backUp()
        let report = try await scene.collect(KeepPolicy(last: 1), log: .seconds(1))
        #expect(report.swept.log == 0)
        #expect(try await scene.reads(0..<scene.log.count))
    }

    @Test func `a base whose log is gone or marked is not committed`() async throws {
        var scene = try await Scene()
        try await scene.write(Self.segment, pieces: 2)
        _ = try await scene.backUpBase(0..<100)
        let missing = await #expect(throws: Fault.self) {
            _ = try await scene.backUpBase(scene.log.count - 10..<scene.log.count + 10)
        }
        #expect(missing?.code == .vanished)
        scene.base.pass(days: 10)
        let from = scene.log.count
        try await scene.write(100_000, pieces: 1)
        _ = try await scene.backUpBase(from..<scene.log.count)
        scene.base.pass(days: 2)
        _ = try await scene.base.collector(KeepPolicy(last: 1), log: .seconds(86_400)).run()
        let doomed = await #expect(throws: Fault.self) { _ = try await scene.backUpBase(0..<100) }
        #expect(doomed?.code == .doomed)
    }
}
