import Model
import PostgresProtection
import PostgresWire
import Testing

/// What a backup decides to read.
struct ReadingPlanTests {
    private let facts = [
        "system_id": "7", "timeline": "1", "start_lsn": "0/1000000", "checksums": "on",
        "stop_lsn": "0/1000100",
        "read_whole_at": "5000000000",
    ]
    private let table = RelationID(tablespace: 1663, database: 5, number: 16384)

    private func point(
        _ position: LSN = LSN(0x2000000),
        system: UInt64 = 7,
        timeline: UInt32 = 1,
        checksums: Bool = true
    ) -> MapChain.Point {
        MapChain.Point(
            systemIdentifier: system,
            timeline: timeline,
            position: position,
            hasDataChecksums: checksums
        )
    }

    private func map(_ start: UInt64, _ end: UInt64) -> BlockMap {
        var map = BlockMap(timeline: 1, start: LSN(start))
        map.extend(to: LSN(end), read: LSN(end))
        return map
    }

    private func prior(_ facts: [String: String]? = nil, damaged: Int = 0) -> PriorSnapshot {
        PriorSnapshot(
            facts: facts ?? self.facts,
            damagedPages: damaged,
            started: Instant(seconds: 5),
            source: 1 << 20
        )
    }

    private func plan(
        _ now: MapChain.Point? = nil,
        from before: PriorSnapshot?,
        hasPages: Bool = true,
        fullBefore: Instant = Instant(seconds: 1),
        history: TimelineHistory = TimelineHistory(root: 1),
        maps: [BlockMap]
    ) -> ReadingPlan {
        do throws(ReadingFallback) {
            let chain = try MapChain(
                to: now ?? point(),
                from: before,
                hasPages: hasPages,
                fullBefore: fullBefore,
                history: history
            )
            return .changes(try chain.joined(maps), since: Instant(seconds: 5))
        } catch { return .everything(error) }
    }

    private func reason(_ plan: ReadingPlan) -> String? {
        guard case .everything(let fallback) = plan else { return nil }
        return fallback.text
    }

    @Test func `every step of the ladder ends in a full reading that says why`() throws {
        let whole = [map(0x1000000, 0x2000000)]
        #expect(reason(plan(from: nil, maps: whole)) == "there is no backup before")
        let damaged = reason(plan(from: prior(damaged: 1), maps: whole))
        #expect(damaged == "the backup before has damaged pages")
        for name in facts.keys {
            let fewer = prior(facts.filter { $0.key != name })
            #expect(reason(plan(from: fewer, maps: whole))?.contains("where it began") == true)
        }
        let due = reason(plan(from: prior(), fullBefore: Instant(seconds: 6), maps: whole))
        #expect(due == "the last full reading was at 1970-01-01T00:00:05Z")
        let forgotten = reason(plan(from: prior(), hasPages: false, maps: whole))
        #expect(forgotten?.contains("does not remember") == true)
        let foreign = reason(plan(point(system: 8), from: prior(), maps: whole))
        #expect(foreign?.contains("another cluster") == true)
        let toggled = reason(plan(point(checksums: false), from: prior(), maps: whole))
        #expect(toggled == "page checksums were turned on or off")
        let other = plan(
            point(timeline: 2),
            from: prior(),
            history: TimelineHistory(root: 2),
            maps: whole
        )
        #expect(reason(other)?.contains("does not come from") == true)
        // A page of the one before may hold what was logged up to its end.
        let late = prior(facts.merging(["stop_lsn": "0/2000001"]) { $1 })
        let overlapping = reason(plan(from: late, maps: whole))
        #expect(overlapping?.contains("holds more than the log up to 0/2000000") == true)
        let two = try TimelineHistory(timeline: 2, parsing: Array("1\t0/1000080\tend\n".utf8))
        let left = reason(plan(point(timeline: 2), from: prior(), history: two, maps: whole))
        #expect(left?.contains("holds more than the log up to 0/1000080") == true)
        let hole = [map(0x1000000, 0x1500000), map(0x1600000, 0x2000000)]
        let gap = reason(plan(from: prior(), maps: hole))
        #expect(gap == "the log has a gap at 0/1500000 of timeline 1")
        let nothing = reason(plan(from: prior(), maps: []))
        #expect(nothing == "the log has a gap at 0/1000000 of timeline 1")
        for doubt in MapDoubt.Reason.allCases {
            var map = map(0x1000000, 0x2000000)
            map.apply(.doubt(doubt), at: LSN(0x1800000))
            #expect(reason(plan(from: prior(), maps: [map])) != nil, "\(doubt)")
        }
        #expect(reason(plan(from: prior(), maps: whole)) == nil)
    }

    @Test func `what the log names is read, and what it cannot name`() {
        var map = map(0x1000000, 0x2000000)
        map.insert(3, of: table)
        map.insert(400, of: table)
        let plan = plan(from: prior(), maps: [map])
        let sizes: [String: UInt64] = [
            "base/5/16384": 500 * 8192, "base/5/16384_vm": 8192, "base/5/16385": 8192,
            "base/5/16387": 500 * 8192,
        ]
        let choice = plan.choice { path in
            sizes[path].map { size in
                PriorFile(size: size) { kept in
                    // Of one file two pages lie where they cannot be kept.
                    path == "base/5/16387" ? [7..<8, 20..<21].filter { kept.overlaps($0) } : []
                }
            }
        }
        func ranges(_ path: String, _ pages: Int64) -> [Range<Int64>] {
            let file = ListedFile(
                path: path,
                size: pages * 8192,
                modified: Instant(seconds: 0),
                isDirectory: false
            )
            return choice.ranges(file).map { $0.lowerBound / 8192..<$0.upperBound / 8192 }
        }
        #expect(ranges("base/5/16384", 500) == [3..<4, 400..<401])
        #expect(ranges("base/5/16384", 510) == [3..<4, 400..<401, 500..<510])
        #expect(ranges("base/5/16384_vm", 1) == [0..<1])
        #expect(ranges("base/5/16385", 1) == [])
        #expect(ranges("base/5/16386", 2) == [0..<2])
        #expect(ranges("pg_xact/0000", 1) == [0..<1])
        #expect(ranges("base/5/16385", 0) == [])
        #expect(ranges("base/5/16387", 500) == [7..<21])
        #expect(ranges("base/5/16387", 5) == [])
        let text = plan.text(planned: ByteCount(3 << 20), of: ByteCount(120 << 20))
        #expect(text.hasPrefix("reads \(ByteCount(3 << 20)) of \(ByteCount(120 << 20)): the log"))
    }
}
