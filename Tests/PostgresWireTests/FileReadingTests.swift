import Model
import PostgresWire
import Testing

@Suite struct FileReadingTests {
    private let table = RelationID(tablespace: 1663, database: 5, number: 16384)

    private func map(_ change: (inout BlockMap) -> Void = { _ in }) -> BlockMap {
        var map = BlockMap(timeline: 1, start: LSN(100))
        for block in [0, 1, 5, 7, 131_071, 131_072, 131_080] as [UInt32] {
            map.insert(block, of: table)
        }
        change(&map)
        return map
    }

    @Test(arguments: [
        ("base/5/16384_vm", FileReading.Reason.otherFork), ("base/5/16384_fsm", .otherFork),
        ("base/5/16384_init", .otherFork), ("base/5/pg_filenode.map", .otherFile),
        ("pg_xact/0000", .otherFile), ("base/5/t3_16384", .otherFile), ("PG_VERSION", .otherFile),
        ("global/pg_control", .otherFile), ("base/5/16384.32768", .otherFile),
    ])
    func `what is no main fork is read whole`(path: String, reason: FileReading.Reason) {
        #expect(map().reading(path: path, size: 8192, prior: 8192, joining: 0) == .whole(reason))
    }

    @Test func `only what changed is read, in each segment`() {
        let size: UInt64 = 20 * 8192
        let first = map().reading(path: "base/5/16384", size: size, prior: size, joining: 0)
        #expect(first == .blocks([0..<2, 5..<6, 7..<8]))
        #expect(first.bytes(of: size) == 4 * 8192)
        let second = map().reading(path: "base/5/16384.1", size: size, prior: size, joining: 0)
        #expect(second == .blocks([0..<1, 8..<9]))
        #expect(map().reading(path: "base/5/1", size: size, prior: size, joining: 0) == .blocks([]))
        let full: UInt64 = 1 << 30
        let end = map().reading(path: "base/5/16384", size: full, prior: full, joining: 0)
        #expect(end == .blocks([0..<2, 5..<6, 7..<8, 131_071..<131_072]))
    }

    @Test func `ranges close to each other are read as one`() {
        let size: UInt64 = 20 * 8192
        func joined(_ gap: UInt32) -> FileReading {
            map().reading(path: "base/5/16384", size: size, prior: size, joining: gap)
        }
        #expect(joined(1) == .blocks([0..<2, 5..<8]))
        #expect(joined(2) == .blocks([0..<2, 5..<8]))
        #expect(joined(3) == .blocks([0..<8]))
        let grown = map().reading(path: "base/5/16384", size: size, prior: 8 * 8192, joining: 0)
        #expect(grown == .blocks([0..<2, 5..<6, 7..<20]))
    }

    @Test func `what the backup before did not have is read`() {
        let map = map()
        #expect(
            map.reading(path: "base/5/16384", size: 80_000, prior: nil, joining: 0) == .whole(.new)
        )
        #expect(
            map.reading(path: "base/5/16384", size: 80_000, prior: 8192, joining: 0)
                == .whole(.oddLength)
        )
        #expect(
            map.reading(path: "base/5/16384", size: 8192, prior: 8193, joining: 0)
                == .whole(.oddLength)
        )
        let grown = map.reading(path: "base/5/16384.1", size: 1 << 30, prior: 0, joining: 0)
        #expect(grown == .blocks([0..<131_072]))
        let huge = map.reading(path: "base/5/16384", size: 2 << 30, prior: 8192, joining: 0)
        #expect(huge == .whole(.oddLength))
        #expect(map.reading(path: "base/5/16384", size: 0, prior: 8192, joining: 0) == .blocks([]))
    }

    @Test func `a limit counts from the beginning of the relation, not of its file`() {
        let limited = map { $0.limit(table, to: 131_075) }
        let size: UInt64 = 10 * 8192
        #expect(
            limited.reading(path: "base/5/16384", size: size, prior: size, joining: 0)
                == .blocks([0..<2, 5..<6, 7..<8])
        )
        #expect(
            limited.reading(path: "base/5/16384.1", size: size, prior: size, joining: 0)
                == .blocks([0..<1, 3..<10])
        )
        #expect(
            limited.reading(path: "base/5/16384.2", size: size, prior: size, joining: 0)
                == .blocks([0..<10])
        )
    }

    @Test func `the very last segment is no trap`() {
        var map = map()
        map.insert(.max, of: table)
        map.insert(.max - 1, of: table)
        let size: UInt64 = 1 << 30
        #expect(
            map.reading(path: "base/5/16384.32767", size: size, prior: size, joining: 0)
                == .blocks([131_070..<131_072])
        )
    }

    @Test func `shared catalogs and tablespaces have their own numbers`() {
        var map = BlockMap(timeline: 1, start: LSN(100))
        map.insert(1, of: RelationID(tablespace: 1664, database: 0, number: 1262))
        map.insert(2, of: RelationID(tablespace: 20_000, database: 5, number: 16384))
        let size: UInt64 = 8 * 8192
        #expect(
            map.reading(path: "global/1262", size: size, prior: size, joining: 0)
                == .blocks([1..<2])
        )
        #expect(
            map.reading(
                path: "pg_tblspc/20000/PG_16_1/5/16384",
                size: size,
                prior: size,
                joining: 0
            )
                == .blocks([2..<3])
        )
        #expect(
            map.reading(path: "base/5/16384", size: size, prior: size, joining: 0) == .blocks([])
        )
    }
}
