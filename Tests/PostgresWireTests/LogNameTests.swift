import Model
import PostgresWire
import TestKit
import Testing

@Suite struct LogNameTests {
    @Test func `a segment name is made from a position as the server makes it`() throws {
        let position = LSN(0x16_B374_D848)
        #expect("\(position)" == "16/B374D848")
        let name = try #require(
            SegmentName(timeline: 2, containing: position, size: .standard)
        )
        #expect("\(name)" == "0000000200000016000000B3")
        #expect(name.start == LSN("16/B3000000"))
        #expect(name.end == LSN("16/B4000000"))
        #expect(name.offset(of: position) == 0x74_D848)
        #expect(name.offset(of: name.end) == nil)
        #expect(name.next.map { "\($0)" } == "0000000200000016000000B4")
        #expect(name.partial == "0000000200000016000000B3.partial")
    }

    @Test(arguments: (0...10).map { UInt64(1) << (20 + $0) })
    func `names of every segment size survive a round trip`(bytes: UInt64) throws {
        let size = try #require(SegmentSize(bytes: bytes))
        var random = SeededGenerator.fresh("segments of \(bytes)")
        for _ in 0..<1_000 {
            let position = LSN(UInt64.random(in: 0...UInt64.max - 2 * bytes, using: &random))
            let name = try #require(SegmentName(timeline: 7, containing: position, size: size))
            #expect(SegmentName("\(name)", size: size) == name)
            #expect(name.start <= position && position < name.end)
            #expect(name.end - name.start == bytes)
        }
        #expect(SegmentName(timeline: 1, containing: LSN(UInt64.max), size: size) == nil)
    }

    @Test(arguments: [
        "", "00000001000000000000000", "0000000100000000000000011", "000000000000000000000001",
        "00000001000000000000000g", "00000001000000000000000a", "000000010000000000000100",
        "00000001FFFFFFFF000000FF", "0000000100000000+0000001",
    ])
    func `what is no segment name is refused`(text: String) {
        #expect(SegmentName(text, size: .standard) == nil)
    }

    @Test(arguments: [0, 1, 1 << 19, 3 << 20, 1 << 31, UInt64.max])
    func `a segment size that no server allows is refused`(bytes: UInt64) {
        #expect(SegmentSize(bytes: bytes) == nil)
    }

    @Test func `a history tells who owns which part of the log`() throws {
        let text =
            "# a comment\n1\t0/3000158\tno recovery target specified\n\n2\t0/5000000\tbefore x\n"
        let history = try TimelineHistory(timeline: 4, parsing: Array(text.utf8))
        #expect(history.ancestors.map(\.timeline) == [1, 2])
        #expect(history.timeline(at: LSN(0x300_0157)) == 1)
        #expect(history.timeline(at: LSN(0x300_0158)) == 2)
        #expect(history.timeline(at: LSN(0x500_0000)) == 4)
        #expect(history.descends(from: 1, at: LSN(0x300_0158)))
        #expect(!history.descends(from: 1, at: LSN(0x300_0159)))
        #expect(!history.descends(from: 3, at: LSN(0)))
        #expect(history.descends(from: 4, at: LSN(UInt64.max)))
        #expect(TimelineHistory.fileName(4) == "00000004.history")
        #expect(TimelineHistory.timeline(fileName: "0000000A.history") == 10)
        #expect(TimelineHistory.timeline(fileName: "00000000.history") == nil)
        #expect(TimelineHistory.timeline(fileName: "0000000a.history") == nil)
    }

    @Test(arguments: [
        "1", "x\t0/1\ty", "1\tzz\ty", "0\t0/1\ty", "4\t0/1\ty", "5\t0/1\ty",
        "2\t0/1\ty\n1\t0/2\ty", "1\t0/1\ty\n1\t0/2\ty", "1\t0/2\ty\n2\t0/1\ty",
        "99999999999\t0/1\ty",
    ])
    func `a history that makes no sense is refused`(text: String) {
        #expect(throws: Fault.self) {
            try TimelineHistory(timeline: 4, parsing: Array(text.utf8))
        }
    }

    private static let label = """
        START WAL LOCATION: 0/2000028 (file 000000010000000000000002)
        CHECKPOINT LOCATION: 0/2000060
        BACKUP METHOD: streamed
        BACKUP FROM: standby
        START TIME: 2026-01-01 00:00:00 UTC
        LABEL: nightly: one
        START TIMELINE: 3

        """

    @Test func `a backup label is read`() throws {
        let label = try BackupLabel(parsing: Array(Self.label.utf8))
        #expect(label.start == LSN(0x200_0028))
        #expect(label.segment == "000000010000000000000002")
        #expect(label.checkpoint == LSN(0x200_0060))
        #expect(label.timeline == 3)
        #expect(label.isFromStandby)
        #expect(label.label == "nightly: one")
        let old = try BackupLabel(
            parsing: Array(Self.label.replacing("FROM: standby", with: "FROM: master").utf8)
        )
        #expect(!old.isFromStandby)
    }

    @Test func `a backup label without one of its lines, or with one twice, is refused`() {
        let lines = Self.label.split(separator: "\n")
        for index in [0, 1, 3, 6] {
            var fewer = lines
            fewer.remove(at: index)
            let text = fewer.joined(separator: "\n")
            #expect(throws: Fault.self) { try BackupLabel(parsing: Array(text.utf8)) }
        }
        let twice = Self.label + "START TIMELINE: 9\n"
        #expect(throws: Fault.self) { try BackupLabel(parsing: Array(twice.utf8)) }
        let incremental = Self.label + "INCREMENTAL FROM LSN: 0/1\n"
        #expect(throws: Fault.self) { try BackupLabel(parsing: Array(incremental.utf8)) }
    }

    @Test func `random files never trap`() {
        var random = SeededGenerator.fresh("labels and histories")
        for _ in 0..<5_000 {
            var bytes = Array(Self.label.utf8)
            for _ in 0..<4 {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
                    in: 0...255,
                    using: &random
                )
            }
            _ = try? BackupLabel(parsing: bytes)
            _ = try? TimelineHistory(timeline: 9, parsing: random.bytes(upTo: 100))
            let text = String(decoding: random.bytes(upTo: 30), as: UTF8.self)
            _ = SegmentName(text, size: .standard)
            _ = RelationFile(path: text)
            _ = ConnectionFailure(text).fault(target: "t", user: "u", isReplication: true)
            _ = try? ControlFile(parsing: random.bytes(upTo: 400))
        }
    }
}
