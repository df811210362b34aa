import Model
import PostgresWire
import TestKit
import Testing

@Suite struct BlockMapTests {
    private let table = RelationID(tablespace: 1663, database: 5, number: 16384)

    private func empty(budget: Int = BlockMap.standardBudget) -> BlockMap {
        BlockMap(timeline: 1, start: LSN(100), budget: budget)
    }

    /// The changed blocks of the first segments of a relation, as the map tells them.
    private func blocks(_ map: BlockMap, segments: UInt32 = 4) -> Set<UInt32> {
        var found: Set<UInt32> = []
        for segment in 0..<segments {
            let path = "base/5/16384" + (segment == 0 ? "" : ".\(segment)")
            let size: UInt64 = 1 << 30
            switch map.reading(path: path, size: size, prior: size, joining: 0) {
            case .blocks(let ranges):
                for range in ranges { for block in range { found.insert(segment << 17 + block) } }
            case .whole:
                for block in 0..<131_072 as Range<UInt32> { found.insert(segment << 17 + block) }
            }
        }
        return found
    }

    /// A random block: alone, in a dense stretch, or at an edge.
    private func block(_ generator: inout SeededGenerator) -> UInt32 {
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: UInt32.random(in: 0..<4 << 17, using: &generator)
        case 1: 70_000 + UInt32.random(in: 0..<6_000, using: &generator)
        case 2: 131_072 * UInt32.random(in: 0..<4, using: &generator)
        default: 65_535 + UInt32.random(in: 0..<3, using: &generator)
        }
    }

    @Test func `a map holds exactly what was put in`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<6 {
            var map = empty()
            var model: Set<UInt32> = []
            var limit = UInt32(4 << 17)
            for _ in 0..<30_000 {
                let block = block(&generator)
                map.insert(block, of: table)
                model.insert(block)
                if Int.random(in: 0..<9_000, using: &generator) == 0 {
                    let cut = UInt32.random(in: 65_000..<4 << 17, using: &generator)
                    limit = min(limit, cut)
                    map.limit(table, to: cut)
                }
            }
            for block in limit..<max(limit, 4 << 17) { model.insert(block) }
            #expect(blocks(map) == model, "seed \(seed)")
            #expect(try BlockMap(decoding: map.encoded()) == map, "seed \(seed)")
            #expect(blocks(try BlockMap(decoding: map.encoded())) == model, "seed \(seed)")
        }
    }

    @Test func `joining maps is the same in any order`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        var all = empty()
        var parts: [BlockMap] = []
        for _ in 0..<5 {
            var part = empty()
            for _ in 0..<20_000 {
                let number = UInt32.random(in: 16_384..<16_390, using: &generator)
                let id = RelationID(tablespace: 1663, database: 5, number: number)
                let block = block(&generator)
                part.insert(block, of: id)
                all.insert(block, of: id)
            }
            let id = RelationID(
                tablespace: 1663,
                database: 5,
                number: UInt32.random(in: 16_384..<16_390, using: &generator)
            )
            let cut = block(&generator)
            part.limit(id, to: cut)
            all.limit(id, to: cut)
            parts.append(part)
        }
        parts[3].replace(DatabaseID(tablespace: 1663, database: 9))
        all.replace(DatabaseID(tablespace: 1663, database: 9))
        parts[2].apply(.doubt(.minimalLogging), at: LSN(7))
        all.apply(.doubt(.minimalLogging), at: LSN(7))
        for _ in 0..<5 {
            parts.shuffle(using: &generator)
            var joined = empty()
            for part in parts { joined.formUnion(part) }
            #expect(joined == all, "seed \(seed)")
        }
    }

    @Test func `a million changed blocks take little room`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        func fill(_ next: (UInt32, inout SeededGenerator) -> UInt32) -> BlockMap {
            var map = empty()
            for number in 0..<1_000_000 as Range<UInt32> {
                let block = next(number, &generator)
                let id = RelationID(tablespace: 1663, database: 5, number: 16_384 + block % 3)
                map.insert(block / 3, of: id)
            }
            return map
        }
        let maps = [
            "one in a thousand": fill { _, random in
                UInt32.random(in: 0..<1_000_000_000, using: &random)
            },
            "one in twenty": fill { _, random in UInt32.random(in: 0..<20_000_000, using: &random)
            },
            "one after the other": fill { number, _ in number },
        ]
        for (name, map) in maps {
            let stored = map.encoded()
            print(
                "a million blocks, \(name): \(map.footprint) bytes in memory, \(stored.count) stored"
            )
            #expect(stored.count < 2_100_000)
            #expect(map.footprint < 6_000_000)
            #expect(try BlockMap(decoding: stored) == map)
        }
    }

    @Test func `beyond its budget a map says more, never less`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        var exact = empty()
        var coarse = empty(budget: 20_000)
        for _ in 0..<100_000 {
            let block = block(&generator)
            exact.insert(block, of: table)
            coarse.insert(block, of: table)
            #expect(coarse.footprint <= 20_000 + 9_000)
        }
        #expect(blocks(coarse).isSuperset(of: blocks(exact)), "seed \(seed)")
        #expect(coarse.doubt == nil)
        var many = empty(budget: 20_000)
        for number in 0..<1_000 as Range<UInt32> {
            many.insert(0, of: RelationID(tablespace: 1663, database: 5, number: number + 1))
        }
        #expect(many.databases == [DatabaseID(tablespace: 1663, database: 5)])
        #expect(many.footprint <= 20_000)
        for number in 0..<100_000 as Range<UInt32> {
            many.insert(0, of: RelationID(tablespace: 1663, database: number + 1, number: 1))
        }
        #expect(many.footprint <= 20_000)
        #expect(many.doubt?.reason == .tooLarge)
    }

    @Test func `damaged bytes are refused or another map, and never trap`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        var map = empty()
        for _ in 0..<9_000 { map.insert(block(&generator), of: table) }
        for number in 0..<40 as Range<UInt32> {
            map.limit(
                RelationID(tablespace: 1663, database: number % 3, number: number),
                to: number
            )
        }
        map.replace(DatabaseID(tablespace: 9, database: 9))
        map.apply(.doubt(.malformed), at: LSN(1 << 40))
        let stored = map.encoded()
        for length in 0..<stored.count {
            #expect(throws: Fault.self) { _ = try BlockMap(decoding: Array(stored[..<length])) }
        }
        #expect(throws: Fault.self) { _ = try BlockMap(decoding: stored + [0]) }
        var accepted = 0
        for place in stored.indices {
            var bytes = stored
            bytes[place] ^= UInt8(1 << Int.random(in: 0..<8, using: &generator))
            guard let other = try? BlockMap(decoding: bytes, budget: 100_000) else { continue }
            accepted += 1
            #expect(other.footprint < 200_000, "seed \(seed)")
            #expect(other != map, "seed \(seed), byte \(place)")
        }
        #expect(accepted > 0)
        for _ in 0..<2_000 {
            var bytes = Array("LBBM".utf8) + [1]
            bytes += (0..<200).map { _ in UInt8.random(in: 0...255, using: &generator) }
            _ = try? BlockMap(decoding: bytes)
        }
    }

    @Test func `bytes that promise much do not take much`() throws {
        var bytes = Array("LBBM".utf8) + [1, 1, 0, 0, 0, 0, 0, 1, 0xFF, 0x0C, 1, 1, 0]
        bytes += [0x80, 0x80, 0x04]
        for _ in 0..<65_536 { bytes += [0, 0, 1, 1, 0xFD, 0xFF, 0x03] }
        #expect(bytes.count < 500_000)
        let map = try BlockMap(decoding: bytes, budget: 1 << 20)
        #expect(map.footprint <= 1 << 20)
        #expect(map.reading(path: "base/1/1", size: 8192, prior: 8192, joining: 0) != .blocks([]))
    }
}
