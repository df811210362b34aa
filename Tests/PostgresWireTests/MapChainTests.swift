import Model
import PostgresWire
import Testing

@Suite struct MapChainTests {
    private let table = RelationID(tablespace: 1663, database: 5, number: 16384)

    private func point(
        _ timeline: UInt32,
        _ position: UInt64,
        cluster: UInt64 = 77,
        checksums: Bool = true
    ) -> MapChain.Point {
        MapChain.Point(
            systemIdentifier: cluster,
            timeline: timeline,
            position: LSN(position),
            hasDataChecksums: checksums
        )
    }

    private func map(
        _ timeline: UInt32,
        _ start: UInt64,
        _ end: UInt64,
        read: UInt64? = nil,
        block: UInt32
    ) -> BlockMap {
        var map = BlockMap(timeline: timeline, start: LSN(start))
        map.extend(to: LSN(end), read: LSN(read ?? end))
        map.insert(block, of: table)
        return map
    }

    private func changed(_ map: BlockMap) -> FileReading {
        map.reading(path: "base/5/16384", size: 1 << 20, prior: 1 << 20, joining: 0)
    }

    /// Timeline 3 left 2 at 500, which left 1 at 300.
    private func history() throws -> TimelineHistory {
        try TimelineHistory(timeline: 3, parsing: Array("1\t0/12C\tx\n2\t0/1F4\ty\n".utf8))
    }

    @Test func `maps that meet are joined, in any order`() throws {
        let chain = try MapChain(
            from: point(1, 100),
            to: point(1, 400),
            history: TimelineHistory(root: 1)
        )
        let maps = [
            map(1, 200, 350, block: 2), map(1, 50, 200, block: 1), map(1, 340, 900, block: 3),
        ]
        let joined = try chain.join(maps)
        #expect(joined.start == LSN(100) && joined.end == LSN(400))
        #expect(changed(joined) == .blocks([1..<4]))
        #expect(try chain.join(maps.reversed()) == joined)
        #expect(
            try chain.join(maps + [map(1, 20, 60, block: 9), map(1, 400, 500, block: 9)]) == joined
        )
    }

    @Test func `a hole is found`() throws {
        let chain = try MapChain(
            from: point(1, 100),
            to: point(1, 400),
            history: TimelineHistory(root: 1)
        )
        func missing(_ maps: [BlockMap]) -> MapChain.Refusal? {
            do { _ = try chain.join(maps) } catch { return error }
            return nil
        }
        #expect(missing([]) == .missing(timeline: 1, from: LSN(100)))
        #expect(missing([map(1, 101, 500, block: 1)]) == .missing(timeline: 1, from: LSN(100)))
        #expect(
            missing([map(1, 100, 399, read: 800, block: 1)])
                == .missing(timeline: 1, from: LSN(399))
        )
        #expect(
            missing([map(1, 100, 200, block: 1), map(1, 201, 400, block: 1)])
                == .missing(timeline: 1, from: LSN(200))
        )
        #expect(missing([map(2, 100, 400, block: 1)]) == .missing(timeline: 1, from: LSN(100)))
        var doubtful = map(1, 100, 400, block: 1)
        doubtful.apply(.doubt(.unknownChange), at: LSN(150))
        #expect(missing([doubtful]) == doubtful.doubt.map { .doubt($0) })
        #expect(missing([map(1, 90, 400, block: 1), doubtful]) == nil)
    }

    @Test func `a chain goes over promotions`() throws {
        let chain = try MapChain(from: point(1, 100), to: point(3, 600), history: try history())
        #expect(chain.legs.map(\.timeline) == [1, 2, 3])
        #expect(chain.legs.map(\.to) == [LSN(300), LSN(500), LSN(600)])
        let maps = [
            map(1, 100, 310, block: 1), map(2, 256, 500, block: 2), map(3, 480, 700, block: 3),
        ]
        #expect(changed(try chain.join(maps)) == .blocks([1..<4]))
        for index in maps.indices {
            var fewer = maps
            fewer.remove(at: index)
            #expect(throws: MapChain.Refusal.self) { try chain.join(fewer) }
        }
        // A record that was never finished before the promotion.
        let cut = [map(1, 100, 290, read: 300, block: 1), maps[1], maps[2]]
        #expect(changed(try chain.join(cut)) == .blocks([1..<4]))
        let shorter = [map(1, 100, 290, read: 299, block: 1), maps[1], maps[2]]
        #expect(throws: MapChain.Refusal.missing(timeline: 1, from: LSN(290))) {
            try chain.join(shorter)
        }
    }

    @Test func `a backup that is no ancestor is refused`() throws {
        func refusal(_ prior: MapChain.Point, _ now: MapChain.Point) throws -> MapChain.Refusal? {
            let history = now.timeline == 3 ? try history() : TimelineHistory(root: now.timeline)
            do { _ = try MapChain(from: prior, to: now, history: history) } catch { return error }
            return nil
        }
        #expect(try refusal(point(1, 100), point(3, 600)) == nil)
        #expect(try refusal(point(1, 100, cluster: 78), point(3, 600)) == .otherCluster)
        #expect(try refusal(point(1, 100, checksums: false), point(3, 600)) == .checksumsToggled)
        #expect(try refusal(point(1, 301), point(3, 600)) == .otherHistory)
        #expect(try refusal(point(2, 501), point(3, 600)) == .otherHistory)
        #expect(try refusal(point(2, 400), point(3, 499)) == .otherHistory)
        #expect(try refusal(point(4, 100), point(3, 600)) == .otherHistory)
        #expect(try refusal(point(3, 700), point(3, 600)) == .otherHistory)
        #expect(try refusal(point(3, 550), point(3, 600)) == nil)
    }
}
