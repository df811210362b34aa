import Model
import ObjectStorage
import Sealing
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// The log of Redis as the Python program reads it.
@Suite(.ownThreads) struct RedisLogWayOutTests {
    @Test func `it lists, verifies and writes the commands, and when they came`() async throws {
        let scene = try await WayOutScene()
        var random = SeededGenerator(seed: 101)
        let log = random.bytes(3_000_000)
        let ranges = [0..<1_000, 1_000..<1_500_000, 0..<1_500_000, 1_500_000..<3_000_000]
        for (range, marks) in zip(
            ranges,
            ["1000:1800000000000", "", "1000:1800000000000,500:7", "1000000:1800000009000"]
        ) {
            try await scene.put(100 + range.lowerBound, Array(log[range]), marks: marks)
        }
        try await scene.put(500, Array(log[..<10]), marks: "", epoch: 8)
        let list = try await scene.recover("list")
        let text = String(decoding: list.output, as: UTF8.self)
        #expect(list.status == .exited(0), "\(list.errorText)")
        #expect(text.contains("commands since 7: offset 100 to 3000100"), "\(text)")
        #expect(try await scene.recover("verify").status == .exited(0))
        let target = scene.folder.path.appending("out")
        let result = try await scene.recoverLog(to: target)
        #expect(result.status == .exited(0), "\(result.errorText)")
        let limit = ByteCount(4 << 20)
        #expect(try DurableFile.read(target.appending("7-100.resp"), limit: limit) == log)
        let marks = try DurableFile.read(target.appending("7-100.marks"), limit: limit)
        #expect(
            String(decoding: marks, as: UTF8.self)
                == "1100 1800000000000\n1600 1800000000007\n2500100 1800000009000\n"
        )
        #expect(
            try DurableFile.read(target.appending("8-500.resp"), limit: limit)
                == Array(log[..<10])
        )
    }
}

extension WayOutScene {
    /// Stores a piece of a log of Redis.
    fileprivate func put(_ from: Int, _ bytes: [UInt8], marks: String, epoch: UInt32 = 7)
        async throws
    {
        let writer = try LogWriter(
            fixture.vault,
            keys: fixture.keys,
            stream: fixture.stream,
            kind: .redis,
            state: fixture.state.path
        )
        try await writer.put(
            LogInput(
                source: "redis",
                epoch: epoch,
                from: UInt64(from),
                bytes: bytes,
                time: fixture.time,
                heartbeat: nil,
                facts: [
                    "replication_id": String(repeating: "a", count: 40), "marks": marks,
                ]
            )
        )
    }
}
