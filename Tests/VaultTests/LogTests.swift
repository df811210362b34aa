import Model
import ObjectStorage
import Sealing
import TestKit
import Testing
import Vault

@Suite struct LogTests {
    private struct Scene {
        let store = MemoryStore()
        let fixture: VaultFixture
        let log: [UInt8]

        init() async throws {
            fixture = try await VaultFixture(in: store)
            var random = SeededGenerator(seed: 21)
            log = random.text(100_000)
        }

        func writer(_ state: ScratchFolder? = nil) throws -> LogWriter {
            try LogWriter(
                fixture.vault,
                keys: fixture.keys,
                stream: fixture.stream,
                kind: .postgresql,
                state: (state ?? fixture.state).path
            )
        }

        func input(_ range: Range<Int>, source: String = "77", bytes: [UInt8]? = nil) -> LogInput {
            LogInput(
                source: source,
                epoch: 1,
                from: UInt64(range.lowerBound),
                bytes: bytes ?? Array(log[range]),
                time: fixture.time,
                heartbeat: LogHead.Heartbeat(
                    time: fixture.time,
                    lsn: LSN(UInt64(range.lowerBound))
                ),
                facts: ["segment_bytes": "1048576"]
            )
        }

        func put(_ ranges: Range<Int>...) async throws {
            let writer = try writer()
            for range in ranges { try await writer.put(input(range)) }
        }

        func reader() async throws -> LogReader {
            try await LogReader(fixture.vault, stream: fixture.stream)
        }

        func read(_ range: Range<Int>) async throws -> [UInt8] {
            var bytes: [UInt8] = []
            try await reader().read(
                epoch: 1,
                from: UInt64(range.lowerBound),
                to: UInt64(range.upperBound),
                identities: [fixture.identity]
            ) { position, part in
                #expect(Int(position) == range.lowerBound + bytes.count)
                bytes += part
            }
            return bytes
        }
    }

    @Test func `pieces join to the log`() async throws {
        let scene = try await Scene()
        try await scene.put(1_000..<5_000, 5_000..<5_001, 5_001..<90_000)
        for range in [1_000..<90_000, 1_000..<1_001, 4_999..<5_002, 89_999..<90_000, 7_000..<7_000]
        {
            #expect(try await scene.read(range) == Array(scene.log[range]))
        }
        let reader = try await scene.reader()
        #expect(reader.coverage(epoch: 1).ranges == [1_000..<90_000])
        #expect(reader.coverage(epoch: 2).ranges == [])
        let heads = try await reader.head(of: #require(reader.pieces.first))
        #expect(heads.source == "77" && heads.kind == .postgresql)
        #expect(heads.heartbeat?.lsn == LSN(1_000))
        let report = try await VaultCheck(
            scene.fixture.vault,
            .deep([scene.fixture.identity])
        ).run { _ in }
        #expect(report.damage == [])
    }

    @Test func `a large piece has several frames`() async throws {
        let scene = try await Scene()
        var random = SeededGenerator(seed: 22)
        let bytes = random.bytes((5 << 20) + 17)
        try await scene.writer().put(scene.input(8..<9, bytes: bytes))
        var read: [UInt8] = []
        try await scene.reader().read(
            epoch: 1,
            from: 8,
            to: 8 + UInt64(bytes.count),
            identities: [scene.fixture.identity]
        ) { read += $1 }
        #expect(read == bytes)
    }

    @Test func `the frames of a piece come back in order, however many there are`() async throws {
        let scene = try await Scene()
        let writer = try scene.writer()
        var random = SeededGenerator(seed: 23)
        // A part that cannot be shortened among others: its frame is stored as it is.
        let noise = random.bytes(1 << 20)
        var from = 8
        for count in [1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20, (4 << 20) + 5, 8 << 20] {
            var bytes = random.text(count)
            if count > 3 << 20 { bytes.replaceSubrange(1 << 20..<2 << 20, with: noise) }
            let input = scene.input(from..<from + 1, bytes: bytes)
            try await writer.put(input)
            var read: [UInt8] = []
            try await scene.reader().read(
                epoch: 1,
                from: input.from,
                to: input.to,
                identities: [scene.fixture.identity]
            ) { read += $1 }
            #expect(read == bytes, "\(count) bytes, seed 23")
            let index = LogIndex(try await scene.reader())
            // The tag of the plain bytes is theirs too.
            #expect(try await writer.holding(of: input, in: index) == .whole)
            from += count
        }
        let report = try await VaultCheck(
            scene.fixture.vault,
            .deep([scene.fixture.identity])
        ).run { _ in }
        #expect(report.damage == [])
    }

    @Test func `of overlapping pieces the one that reaches furthest is taken`() async throws {
        let scene = try await Scene()
        try await scene.put(0..<100, 0..<50_000, 10..<40_000, 40_000..<60_000, 0..<10)
        scene.store.forgetOperations()
        #expect(try await scene.read(0..<60_000) == Array(scene.log[0..<60_000]))
        #expect(scene.store.operations.filter { $0.kind == .get }.count == 2)
    }

    @Test func `overlapping pieces that differ are damage`() async throws {
        let scene = try await Scene()
        let writer = try scene.writer()
        try await writer.put(scene.input(0..<1_000))
        var other = Array(scene.log[900..<2_000])
        other[50] ^= 1
        try await writer.put(scene.input(900..<2_000, bytes: other))
        #expect(await fault { _ = try await scene.read(0..<2_000) }?.code == .damaged)
        #expect(try await scene.read(0..<1_000) == Array(scene.log[0..<1_000]))
    }

    @Test func `a gap is told with its position`() async throws {
        let scene = try await Scene()
        try await scene.put(100..<1_000, 1_001..<2_000)
        for range in [100..<2_000, 99..<200, 1_500..<2_001, 1_000..<1_001] {
            let gap = await fault { _ = try await scene.read(range) }
            #expect(gap?.code == .logGap)
        }
        let gap = await fault { _ = try await scene.read(100..<2_000) }
        #expect(gap?.message.contains("0/3E8") == true)
        let coverage = try await scene.reader().coverage(epoch: 1)
        #expect(coverage.ranges == [100..<1_000, 1_001..<2_000])
        #expect(coverage.reach(from: 99) == nil)
        #expect(coverage.reach(from: 100) == 1_000)
        #expect(coverage.reach(from: 1_000) == 1_000)
        #expect(coverage.reach(from: 1_500) == 2_000)
        #expect(coverage.reach(from: 2_001) == nil)
    }

    @Test func `a damaged piece is passed over where another holds its bytes`() async throws {
        let scene = try await Scene()
        try await scene.put(0..<1_000, 1_000..<2_000, 0..<1_500)
        let long = try #require(
            Forgery.names(scene.store, "log/").first { $0.text.contains("-00000000000005dc-") }
        )
        var bytes = try #require(scene.store.contents[long])
        bytes[bytes.count - 100] ^= 1
        scene.store.tamper(long, bytes)
        scene.store.tamper(
            try named(
                "log/alpha.shop.data/00000001/0000000000000000-ffffffffffffffff-0123456789abcdef"
            ),
            [1, 2, 3]
        )
        #expect(try await scene.read(0..<2_000) == Array(scene.log[0..<2_000]))
        let report = try await VaultCheck(scene.fixture.vault).run { _ in }
        #expect(report.damage.count == 2)
        // Where nothing else holds the bytes, the damage is what is told.
        let short = try #require(
            Forgery.names(scene.store, "log/").first { $0.text.contains("-00000000000003e8-") }
        )
        scene.store.tamper(short, [])
        #expect(await fault { _ = try await scene.read(0..<2_000) }?.code == .damaged)
    }

    @Test func `a forged, renamed or foreign piece is refused`() async throws {
        let scene = try await Scene()
        try await scene.put(0..<1_000)
        let name = try #require(Forgery.names(scene.store, "log/").first)
        let object = try #require(scene.store.contents[name])
        let thief = SigningKey()
        let forged = Forgery.signed(object, by: thief) {
            $0.replacing("\(scene.fixture.keys.signing.verifyKey)", with: "\(thief.verifyKey)")
        }
        let from = "log/alpha.shop.data/00000001/0000000000000000"
        let cases: [(String, [UInt8], Fault.Code)] = [
            ("\(from)-00000000000003e8", forged, .untrusted),
            ("\(from)-00000000000003e9", object, .misplaced),
            (
                "log/alpha.shop.data/00000002/0000000000000000-00000000000003e8", object,
                .misplaced
            ),
            (
                "log/alpha.shop.more/00000001/0000000000000000-00000000000003e8", object,
                .misplaced
            ),
            ("log/alpha.shop.data/00000001/history", object, .damaged),
        ]
        for (place, bytes, code) in cases {
            let copy = scene.store.copy()
            copy.tamper(name, nil)
            copy.tamper(try Forgery.name(place, bytes), bytes)
            let vault = try await Vault.open(copy, expecting: nil)
            let report = try await VaultCheck(vault).run { _ in }
            // What is an object of this vault under another name is no damage, and counts for nothing.
            let isCopy = code == .misplaced || place.hasSuffix("history")
            #expect(report.damage.count == (isCopy ? 0 : 1), "\(place)")
            #expect(report.distrusted.count == (isCopy ? 1 : 0), "\(place)")
            let stream = try #require(StreamName(place.split(separator: "/")[1]))
            for piece in try await LogReader(vault, stream: stream).pieces {
                let reader = try await LogReader(vault, stream: stream)
                #expect(await fault { _ = try await reader.head(of: piece) }?.code == code)
            }
        }
    }

    @Test func `a stream holds the log of one source`() async throws {
        let scene = try await Scene()
        try await scene.put(0..<1_000)
        let refusal = await fault {
            try await scene.writer().put(scene.input(1_000..<2_000, source: "78"))
        }
        #expect(refusal?.code == .logSource)
        let history = await fault {
            try await scene.writer().putHistory(scene.input(1_000..<2_000, source: "78"))
        }
        #expect(history?.code == .logSource)
        // Two writers at once, on machines that do not see each other, get past that: the reader refuses.
        let writer = try scene.writer()
        let name = try #require(Forgery.names(scene.store, "log/").first)
        let object = scene.store.contents[name]
        scene.store.tamper(name, nil)
        try await writer.put(scene.input(1_000..<2_000, source: "78"))
        scene.store.tamper(name, object)
        #expect(await fault { _ = try await scene.read(0..<2_000) }?.code == .damaged)
        #expect(try await scene.read(0..<1_000) == Array(scene.log[0..<1_000]))
    }

    @Test func `a history file is stored once and read back`() async throws {
        let scene = try await Scene()
        let text = Array("1\t0/3000000\tno recovery target specified\n".utf8)
        let missing = await fault {
            _ = try await scene.reader().history(epoch: 1, identities: [scene.fixture.identity])
        }
        #expect(missing?.code == .logGap)
        scene.store.tamper(
            try named("log/alpha.shop.data/00000001/history-0123456789abcdef"),
            [1, 2]
        )
        scene.store.tamper(
            try named("log/alpha.shop.data/00000001/history-ffffffffffffffff"),
            [1, 2]
        )
        for _ in 0..<2 { try await scene.writer().putHistory(scene.input(0..<1, bytes: text)) }
        #expect(Forgery.names(scene.store, "log/").count == 3)
        let reader = try await scene.reader()
        #expect(reader.histories.keys.map(\.self) == [1])
        #expect(try await reader.history(epoch: 1, identities: [scene.fixture.identity]) == text)
        #expect(reader.coverage(epoch: 1).ranges == [])
    }

    @Test func `a log has one writer, beside the one of snapshots`() async throws {
        let scene = try await Scene()
        let writer = try scene.writer()
        #expect(await fault { _ = try scene.writer() }?.code == .streamBusy)
        try await scene.fixture.backUp(["a": [1]])
        try await writer.put(scene.input(0..<10))
    }

    @Test func `the log's content opens for recipients only`() async throws {
        let scene = try await Scene()
        try await scene.put(0..<10)
        let reader = try await scene.reader()
        for identity in [scene.fixture.keys.identity, AgeIdentity()] {
            let refusal = await fault {
                try await reader.read(epoch: 1, from: 0, to: 10, identities: [identity]) { _, _ in }
            }
            #expect(refusal?.code == .wrongKey)
        }
    }

    @Test func `many pieces are read in a time that grows with their number`() async throws {
        let scene = try await Scene()
        let writer = try scene.writer()
        for start in 0..<500 { try await writer.put(scene.input(start * 10..<start * 10 + 12)) }
        #expect(try await scene.read(0..<5_000) == Array(scene.log[0..<5_000]))
    }
}
