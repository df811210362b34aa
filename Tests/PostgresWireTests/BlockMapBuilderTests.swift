import Model
import PostgresWire
import Testing

@Suite struct BlockMapBuilderTests {
    private let table = RelationID(tablespace: 1663, database: 5, number: 16384)

    /// The map of a log of a few records behind ten changed blocks, and what is to be read of a file
    /// of 20 blocks, all of which the backup before had.
    private func reading(
        _ version: WALVersion = .v16,
        path: String = "base/5/16384",
        _ add: (inout LogWriter) -> Void
    ) -> FileReading {
        map(version, add).reading(path: path, size: 20 * 8192, prior: 20 * 8192, joining: 0)
    }

    private func map(_ version: WALVersion = .v16, _ add: (inout LogWriter) -> Void) -> BlockMap {
        var log = LogWriter(version: version)
        log.append(10, 0, blocks: [.init(block: 3), .init(block: 4, sameRelation: true)])
        add(&log)
        var builder = BlockMapBuilder(
            at: log.start,
            timeline: 1,
            version: version,
            segmentSize: log.segmentSize,
            systemIdentifier: 77
        )
        let stop = builder.read(log.bytes.span.bytes, at: log.start)
        #expect(stop == nil)
        return builder.cut()
    }

    private func bytes(_ relation: RelationID) -> [UInt8] {
        little(relation.tablespace) + little(relation.database) + little(relation.number)
    }

    @Test(arguments: WALVersion.allCases)
    func `changed blocks of the main fork are in the map`(version: WALVersion) {
        let reading = reading(version) { log in
            log.append(
                10,
                0,
                blocks: [.init(block: 9), .init(fork: 2, block: 11), .init(fork: 1, block: 12)]
            )
            log.append(0, 0xB0, blocks: [.init(block: 15, image: 8192)])
            log.append(0, 0xA0, blocks: [.init(block: 16, image: 60)])
        }
        #expect(reading == .blocks([3..<5, 9..<10, 15..<17]))
    }

    @Test func `a map ends before a record that is damaged, wherever it lies in its page`() {
        var log = LogWriter()
        for block in 0..<200 {
            let image = block % 9 == 0 ? 8192 : nil
            log.append(10, 0, blocks: [.init(block: UInt32(block), image: image)])
        }
        for record in log.records.dropFirst() {
            var bytes = log.bytes
            // In the record's head: its transaction, which nothing but the checksum covers.
            bytes[Int(record.start - log.start) + 4] ^= 0x40
            var builder = builder(log)
            let stop = builder.read(bytes.span.bytes, at: log.start)
            #expect(stop?.position == record.start)
            #expect(builder.cut().end == record.start)
        }
    }

    @Test func `a map that is cut anywhere ends where a record begins`() {
        var log = LogWriter()
        for block in 0..<12 {
            log.append(10, 0, blocks: [.init(block: UInt32(block), image: 8192)])
            log.append(10, 0, blocks: [.init(block: UInt32(block))])
        }
        let starts = Set(log.records.map(\.start))
        for length in 1..<log.bytes.count - 100 where length % 8192 < 48 || length % 97 == 0 {
            var builder = builder(log)
            let piece = log.bytes.span.bytes.extracting(0..<length)
            #expect(builder.read(piece, at: log.start) == nil)
            #expect(starts.contains(builder.cut().end), "\(length)")
        }
    }

    private func builder(_ log: LogWriter) -> BlockMapBuilder {
        BlockMapBuilder(
            at: log.start,
            timeline: 1,
            version: log.version,
            segmentSize: log.segmentSize,
            systemIdentifier: 77
        )
    }

    @Test(arguments: 1...40)
    func `a builder goes on where another ended, in the same log and in no other`(
        cut: Int
    ) throws {
        var log = LogWriter()
        for block in 0..<40 {
            log.append(10, 0, blocks: [.init(block: UInt32(block), image: 8192)])
        }
        func builder(at position: LSN, previous: LSN?) -> BlockMapBuilder {
            BlockMapBuilder(
                at: position,
                timeline: 1,
                version: log.version,
                segmentSize: log.segmentSize,
                systemIdentifier: 77,
                previous: previous
            )
        }
        var whole = builder(at: log.start, previous: nil)
        #expect(whole.read(log.bytes.span.bytes, at: log.start) == nil)
        let expected = whole.cut()
        let length = log.bytes.count * cut / 41
        var first = builder(at: log.start, previous: nil)
        #expect(first.read(log.bytes.span.bytes.extracting(0..<length), at: log.start) == nil)
        let early = first.cut()
        let rest = log.bytes.span.bytes.extracting(Int(early.end - log.start)..<log.bytes.count)
        var second = builder(at: early.end, previous: first.lastRecord)
        #expect(second.read(rest, at: early.end) == nil)
        let late = second.cut()
        #expect(late.start == early.end && late.end == expected.end)
        var joined = early
        joined.formUnion(late)
        joined.extend(to: late.end, read: late.readEnd)
        #expect(joined == expected)
        guard let last = first.lastRecord else { return }
        var other = builder(at: early.end, previous: last + 8)
        #expect(other.read(rest, at: early.end)?.reason == .recordHead)
        #expect(other.cut().end == early.end)
    }

    @Test func `a relation that was created is read whole`() {
        let created = bytes(table) + little(UInt32(0))
        #expect(reading { $0.append(2, 0x11, main: created) } == .whole(.new))
        let freeSpace = bytes(table) + little(UInt32(1))
        #expect(reading { $0.append(2, 0x11, main: freeSpace) } == .blocks([3..<5]))
    }

    @Test func `from where a relation was cut on everything is read`() {
        func cut(at block: UInt32, forks: UInt32) -> [UInt8] {
            little(block) + bytes(table) + little(forks)
        }
        #expect(
            reading { $0.append(2, 0x21, main: cut(at: 7, forks: 7)) } == .blocks([3..<5, 7..<20])
        )
        #expect(reading { $0.append(2, 0x21, main: cut(at: 4, forks: 1)) } == .blocks([3..<20]))
        #expect(reading { $0.append(2, 0x21, main: cut(at: 0, forks: 1)) } == .whole(.new))
        #expect(reading { $0.append(2, 0x21, main: cut(at: 7, forks: 6)) } == .blocks([3..<5]))
    }

    @Test func `a database that was copied or removed is read whole`() {
        let created =
            little(UInt32(5)) + little(UInt32(1663)) + little(UInt32(1)) + little(UInt32(1663))
        for version in WALVersion.allCases {
            #expect(
                reading(version) { $0.append(4, 0x01, main: created) } == .whole(.databaseReplaced)
            )
        }
        let logged = little(UInt32(5)) + little(UInt32(1663))
        for version in [WALVersion.v15, .v16, .v17, .v18] {
            #expect(
                reading(version) { $0.append(4, 0x11, main: logged) } == .whole(.databaseReplaced)
            )
        }
        let dropped =
            little(UInt32(5)) + little(UInt32(2)) + little(UInt32(9000)) + little(UInt32(1663))
        for (version, info) in [(WALVersion.v13, 0x11), (.v14, 0x11), (.v15, 0x21), (.v18, 0x21)] {
            let add: (inout LogWriter) -> Void = { $0.append(4, UInt8(info), main: dropped) }
            #expect(reading(version, add) == .whole(.databaseReplaced))
            let other = "pg_tblspc/9000/PG_16_202307071/5/77"
            #expect(reading(version, path: other, add) == .whole(.databaseReplaced))
            #expect(reading(version, path: "base/6/16384", add) == .blocks([]))
        }
    }

    @Test(arguments: [0x80, 0xA0, 0xB0, 0xC0] as [UInt8])
    func `what a commit or abort drops is read whole`(info: UInt8) {
        let other = RelationID(tablespace: 1663, database: 5, number: 99)
        let time = [UInt8](repeating: 1, count: 8)
        let rels = little(UInt32(2)) + bytes(other) + bytes(table)
        let database = little(UInt32(5)) + little(UInt32(1663))
        let children = little(UInt32(3)) + little(UInt32(7)) + little(UInt32(8)) + little(UInt32(9))
        #expect(
            reading { $0.append(1, info | 1, main: time + little(UInt32(4)) + rels) }
                == .whole(.new)
        )
        let full = time + little(UInt32(7)) + database + children + rels + [1, 2, 3]
        #expect(reading { $0.append(1, info | 1, main: full) } == .whole(.new))
        let none = time + little(UInt32(3)) + database + children
        #expect(reading { $0.append(1, info, main: none) } == .blocks([3..<5]))
    }

    @Test func `a commit that drops very many relations is followed`() {
        let count: UInt32 = 20_000
        var main = [UInt8](repeating: 1, count: 8) + little(UInt32(4)) + little(count + 1)
        for number in 0..<count {
            main += bytes(RelationID(tablespace: 1663, database: 6, number: 20_000 + number))
        }
        main += bytes(table)
        let map = map { $0.append(1, 0x81, main: main) }
        #expect(map.doubt == nil)
        #expect(
            map.reading(path: "base/5/16384", size: 8192, prior: 8192, joining: 0) == .whole(.new)
        )
        #expect(
            map.reading(path: "base/6/39999", size: 8192, prior: 8192, joining: 0) == .whole(.new)
        )
    }

    @Test func `what the log does not tell is a doubt`() {
        // Records of resource managers that may change files as only they know.
        #expect(map { $0.append(200, 0x01) }.doubt?.reason == .unknownChange)
        #expect(map { $0.append(10, 0x01) }.doubt?.reason == .unknownChange)
        #expect(
            map { $0.append(2, 0x31, main: [UInt8](repeating: 0, count: 30)) }.doubt?.reason
                == .unknownChange
        )
        #expect(
            map { $0.append(4, 0x31, main: [UInt8](repeating: 0, count: 30)) }.doubt?.reason
                == .unknownChange
        )
        #expect(
            map(.v14) { $0.append(4, 0x21, main: [UInt8](repeating: 0, count: 30)) }.doubt?.reason
                == .unknownChange
        )
        #expect(
            map { $0.append(1, 0x71, main: [UInt8](repeating: 0, count: 30)) }.doubt?.reason
                == .unknownChange
        )
        #expect(map { $0.append(200, 0x10) }.doubt == nil)
        // Records that are cut short, or count more than they hold.
        let kinds: [(UInt8, UInt8)] = [
            (1, 0x00), (1, 0x80), (2, 0x11), (2, 0x21), (4, 0x01), (4, 0x11), (4, 0x21), (0, 0x60),
        ]
        for (manager, info) in kinds {
            #expect(map { $0.append(manager, info, main: [1, 2, 3]) }.doubt?.reason == .malformed)
        }
        let many =
            [UInt8](repeating: 1, count: 8) + little(UInt32(4)) + little(UInt32.max) + bytes(table)
        #expect(map { $0.append(1, 0x81, main: many) }.doubt?.reason == .malformed)
    }

    @Test func `a time of minimal logging is a doubt`() {
        func parameters(_ level: UInt32) -> [UInt8] {
            (0..<5).flatMap { _ in little(UInt32(100)) } + little(level) + [1, 0]
        }
        for version in WALVersion.allCases {
            #expect(
                map(version) { $0.append(0, 0x60, main: parameters(0)) }.doubt?.reason
                    == .minimalLogging
            )
            #expect(map(version) { $0.append(0, 0x60, main: parameters(1)) }.doubt == nil)
        }
        // From 17 on checkpoints and the end of recovery say it too.
        let checkpoint =
            [UInt8](repeating: 1, count: 20) + little(UInt32(0)) + [UInt8](repeating: 0, count: 60)
        let recovery = [UInt8](repeating: 1, count: 16) + little(UInt32(0))
        for version in WALVersion.allCases {
            let says: MapDoubt.Reason? =
                version.rawValue >= WALVersion.v17.rawValue ? .minimalLogging : nil
            #expect(map(version) { $0.append(0, 0x00, main: checkpoint) }.doubt?.reason == says)
            #expect(map(version) { $0.append(0, 0x90, main: recovery) }.doubt?.reason == says)
            #expect(
                map(version) { $0.append(0, 0xE0, main: little(UInt32(0))) }.doubt?.reason == says
            )
            #expect(map(version) { $0.append(0, 0xE0, main: little(UInt32(1))) }.doubt == nil)
        }
    }

    @Test func `maps that are cut follow each other without a hole`() {
        var log = LogWriter()
        for block in 0..<3_000 {
            log.append(10, 0, blocks: [.init(block: UInt32(block), image: 700)])
        }
        var builder = BlockMapBuilder(
            at: log.start,
            timeline: 1,
            version: log.version,
            segmentSize: log.segmentSize,
            systemIdentifier: nil
        )
        var maps: [BlockMap] = []
        var place = 0
        for end in stride(from: 10_007, through: log.bytes.count, by: 10_007) {
            #expect(
                builder.read(log.bytes.span.bytes.extracting(place..<end), at: builder.position)
                    == nil
            )
            place = end
            maps.append(builder.cut())
        }
        for (before, after) in zip(maps, maps.dropFirst()) {
            #expect(before.end == after.start)
            #expect(before.readEnd >= before.end)
        }
        for (index, map) in maps.enumerated() {
            let expected = log.records.indices.filter {
                log.records[$0].start >= map.start && log.records[$0].start < map.end
            }
            let size: UInt64 = 3_000 * 8192
            let reading = map.reading(path: "base/5/16384", size: size, prior: size, joining: 0)
            guard case .blocks(let ranges) = reading else { continue }
            #expect(ranges.flatMap { Array($0) } == expected.map { UInt32($0) }, "map \(index)")
        }
        #expect(maps.count > 200)
    }
}
