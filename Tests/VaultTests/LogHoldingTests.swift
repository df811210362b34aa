import Model
import TestKit
import Testing
import Vault

/// What a host can tell of the log in a vault without a key that opens it.
struct LogHoldingTests {
    private struct Scene {
        let fixture: VaultFixture
        let log: [UInt8]
        let writer: LogWriter

        init(_ positions: [Int]) async throws {
            fixture = try await VaultFixture(in: MemoryStore())
            var random = SeededGenerator(seed: 4)
            log = random.text(10_000)
            try await fixture.writeLog(log, at: positions)
            writer = try LogWriter(
                fixture.vault,
                keys: fixture.keys,
                stream: fixture.stream,
                kind: .postgresql,
                role: .archive,
                state: fixture.state.path
            )
        }

        func input(_ from: Int, _ bytes: [UInt8], source: String = "1") -> LogInput {
            LogInput(
                source: source,
                epoch: 1,
                from: UInt64(from),
                bytes: bytes,
                time: fixture.time,
                heartbeat: nil,
                facts: ["segment_bytes": "1048576"]
            )
        }

        func holding(_ range: Range<Int>, changed: Int? = nil) async throws -> LogHolding {
            var bytes = Array(log[range])
            if let changed { bytes[changed - range.lowerBound] ^= 1 }
            let reader = try await LogReader(fixture.vault, stream: fixture.stream)
            return try await writer.holding(
                of: input(range.lowerBound, bytes),
                in: LogIndex(reader)
            )
        }
    }

    @Test func `pieces that cover all of it and agree are enough, whatever their number`()
        async throws
    {
        let scene = try await Scene([0, 100, 1_000, 4_000])
        #expect(try await scene.holding(0..<4_000) == .whole)
        #expect(try await scene.holding(100..<4_000) == .whole)
        #expect(try await scene.holding(0..<4_001) == .lacking)
        #expect(try await scene.holding(5_000..<6_000) == .lacking)
    }

    @Test func `one byte that differs is found, in front of a hole and behind it`() async throws {
        let scene = try await Scene([1_000, 2_000])
        try await scene.fixture.writeLog(scene.log, at: [3_000, 4_000])
        for position in [1_000, 1_999, 3_000, 3_999] {
            let holding = try await scene.holding(500..<4_500, changed: position)
            guard case .other(let name) = holding else {
                Issue.record("\(position): \(holding)")
                continue
            }
            #expect(name.contains(position < 2_000 ? "-00000000000007d0-" : "-0000000000000fa0-"))
        }
        #expect(try await scene.holding(500..<4_500, changed: 2_500) == .lacking)
    }

    @Test func `another source's log is refused before it is compared`() async throws {
        let scene = try await Scene([0, 1_000])
        let reader = try await LogReader(scene.fixture.vault, stream: scene.fixture.stream)
        #expect(try await reader.source() == "1")
        await #expect(throws: Fault.self) {
            try await scene.writer.holding(
                of: scene.input(0, Array(scene.log[..<1_000]), source: "2"),
                in: LogIndex(reader)
            )
        }
    }

    @Test func `writers of different roles may write at once, two of one role may not`()
        async throws
    {
        let scene = try await Scene([0, 10])
        let make = { (role: LogWriter.Role) in
            try LogWriter(
                scene.fixture.vault,
                keys: scene.fixture.keys,
                stream: scene.fixture.stream,
                kind: .postgresql,
                role: role,
                state: scene.fixture.state.path
            )
        }
        let receiver = try make(.receiver)
        #expect(throws: Fault.self) { try make(.archive) }
        try await receiver.put(scene.input(0, Array(scene.log[..<100])))
        try await scene.writer.put(scene.input(0, Array(scene.log[..<200])))
        #expect(try await scene.fixture.readLog(to: 200) == Array(scene.log[..<200]))
    }

    @Test func `a history is compared as well`() async throws {
        let scene = try await Scene([0, 10])
        let text = Array("1\t0/A\ttest\n".utf8)
        let input = { (bytes: [UInt8]) in
            LogInput(
                source: "1",
                epoch: 2,
                from: 0,
                bytes: bytes,
                time: scene.fixture.time,
                heartbeat: nil,
                facts: [:]
            )
        }
        var reader = try await LogReader(scene.fixture.vault, stream: scene.fixture.stream)
        #expect(try await scene.writer.holding(ofHistory: input(text), in: reader) == .lacking)
        try await scene.writer.putHistory(input(text))
        reader = try await LogReader(scene.fixture.vault, stream: scene.fixture.stream)
        #expect(try await scene.writer.holding(ofHistory: input(text), in: reader) == .whole)
        let other = try await scene.writer.holding(ofHistory: input(text + text), in: reader)
        #expect(other != .whole && other != .lacking)
    }
}
