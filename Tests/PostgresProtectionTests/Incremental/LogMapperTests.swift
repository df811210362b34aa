import Foundation
import Model
import PostgresProtection
import PostgresWire
import SystemPackage
import TestKit
import Testing

/// Maps that are made while a log arrives, by receivers that are killed.
@Suite(.serialized, .ownThreads) struct LogMapperTests {
    /// The log of a real server, in whole segments.
    private struct Log {
        let version: Int
        let size: SegmentSize
        let system: UInt64
        let start: LSN
        let bytes: [UInt8]
        var end: LSN { start + UInt64(bytes.count) }

        func slice(_ from: LSN, _ count: Int) -> [UInt8] {
            let first = Int(from - start)
            return Array(bytes[first..<min(first + count, bytes.count)])
        }
    }

    private func log() throws -> Log {
        let server = try PostgresServer.make(
            settings: ["wal_keep_size": "1GB"],
            initdb: ["--wal-segsize=1"]
        )
        try server.start()
        defer { server.remove() }
        let size = try #require(SegmentSize(bytes: 1 << 20))
        let first = try server.psql("select pg_walfile_name(pg_switch_wal())")
        try server.psql("create table t (n int primary key, note text)")
        for round in 0..<6 {
            try server.psql(
                """
                insert into t select g, repeat(md5(g::text), 6)
                  from generate_series(\(round * 4000), \(round * 4000 + 3999)) g;
                update t set note = note || 'x' where n % 7 = \(round);
                create table t\(round) as select * from t
                """
            )
            try server.psql("checkpoint")
            try server.psql("vacuum t")
            if round > 1 { try server.psql("drop table t\(round - 2); truncate t\(round - 1)") }
        }
        let last = try server.psql("select pg_walfile_name(pg_switch_wal())")
        let folder = server.data.appending(path: "pg_wal")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.count == 24 && $0 > first && $0 <= last }.sorted()
        let segment = try #require(names.first.flatMap { SegmentName($0, size: size) })
        var bytes: [UInt8] = []
        for name in names { bytes += try Data(contentsOf: folder.appending(path: name)) }
        let system = try server.psql("select system_identifier from pg_control_system()")
        return Log(
            version: Int(try server.psql("show server_version_num")) ?? 0,
            size: size,
            system: try #require(UInt64(system)),
            start: segment.start,
            bytes: bytes
        )
    }

    private func folder(_ scratch: ScratchFolder, _ log: Log) throws -> MapFolder {
        let stream = try #require(StreamName(host: "h", stack: "s", component: "c"))
        return MapFolder(scratch.path, stream: stream, systemIdentifier: log.system)
    }

    private func mapper(_ folder: MapFolder, _ log: Log) throws -> LogMapper {
        try #require(
            LogMapper(
                folder,
                serverVersion: log.version,
                segmentSize: log.size,
                systemIdentifier: log.system
            )
        )
    }

    private func leg(_ log: Log) throws -> MapChain.Leg {
        let point = { (position: LSN) in
            MapChain.Point(
                systemIdentifier: log.system,
                timeline: 1,
                position: position,
                hasDataChecksums: true
            )
        }
        let chain = try MapChain(
            from: point(log.start),
            to: point(log.end),
            history: TimelineHistory(root: 1)
        )
        return try #require(chain.legs.first)
    }

    /// What one reading from end to end says.
    private func whole(_ log: Log) throws -> BlockMap {
        var builder = BlockMapBuilder(
            at: log.start,
            timeline: 1,
            version: try #require(WALVersion(server: log.version)),
            segmentSize: log.size,
            systemIdentifier: log.system
        )
        let stop = unsafe builder.read(log.bytes.span.bytes, at: log.start)
        #expect(stop == nil)
        return builder.cut()
    }

    @Test func `receivers that are killed anywhere make the map of one reading`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let log = try log()
        #expect(log.bytes.count > 8 << 20)
        let expected = try whole(log)
        for round in 0..<20 {
            let scratch = try ScratchFolder()
            defer { withExtendedLifetime(scratch) {} }
            let folder = try folder(scratch, log)
            var mapper = try mapper(folder, log)
            var place = mapper.begin(
                timeline: 1,
                at: log.start,
                retained: log.start,
                flushed: log.start
            )
            #expect(place == log.start)
            while place < log.end {
                let bytes = log.slice(place, 1 + Int(random.next() % 300_000))
                mapper.read(bytes, at: place)
                place = place + UInt64(bytes.count)
                if random.next() % 3 == 0 { mapper.cut() }
                guard random.next() % 8 == 0, let reach = mapper.reach else { continue }
                // The server keeps what was not reported; the vault holds more, or less than the maps.
                let segment = min(place.value, reach.value / log.size.bytes * log.size.bytes)
                let start = LSN(UInt64.random(in: segment...place.value, using: &random))
                mapper = try self.mapper(folder, log)
                place = mapper.begin(timeline: 1, at: start, retained: reach, flushed: log.end)
                #expect(place <= start && place.value >= segment, "seed \(seed)")
            }
            mapper.cut()
            let joined = folder.map(along: try leg(log))
            #expect(joined == expected, "seed \(seed), round \(round)")
        }
    }

    @Test func `a log that does not go on from what was read makes the maps of it void`() throws {
        let log = try log()
        let half = log.start + 4 * log.size.bytes + 300_000
        func begin(_ folder: MapFolder) throws {
            let mapper = try mapper(folder, log)
            _ = mapper.begin(
                timeline: 1,
                at: log.start,
                retained: log.start,
                flushed: log.start
            )
            mapper.read(log.slice(log.start, Int(half - log.start)), at: log.start)
            mapper.cut()
        }
        func gone(on folder: MapFolder, flushed: LSN) throws -> BlockMap? {
            let mapper = try mapper(folder, log)
            let from = mapper.begin(timeline: 1, at: half, retained: half, flushed: flushed)
            mapper.read(log.slice(from, log.bytes.count), at: from)
            mapper.cut()
            return folder.map(along: try leg(log))
        }
        let scratch = try (0..<3).map { _ in try ScratchFolder() }
        defer { withExtendedLifetime(scratch) {} }
        let same = try folder(scratch[0], log)
        try begin(same)
        #expect(try gone(on: same, flushed: log.end) == whole(log))
        // The server is behind what was read of it: it went back.
        let back = try folder(scratch[1], log)
        try begin(back)
        #expect(try gone(on: back, flushed: log.start) == nil)
        #expect(back.newest(timeline: 1).map { $0.sheet.map.end > half } == true)
        // It grew again, and the record there follows another one.
        let other = try folder(scratch[2], log)
        try begin(other)
        let (name, sheet) = try #require(other.newest(timeline: 1))
        let wrong = try #require(sheet.lastRecord) + 8
        try other.store(MapFolder.Sheet(map: sheet.map, lastRecord: wrong), as: name)
        #expect(try gone(on: other, flushed: log.end) == nil)
    }

    @Test func `a server that closed a segment and then wrote nothing did not go back`() throws {
        let log = try log()
        let scratch = try ScratchFolder()
        defer { withExtendedLifetime(scratch) {} }
        let folder = try folder(scratch, log)
        let first = try mapper(folder, log)
        _ = first.begin(timeline: 1, at: log.start, retained: log.start, flushed: log.start)
        first.read(log.bytes, at: log.start)
        first.cut()
        let next = try mapper(folder, log)
        let place = next.begin(timeline: 1, at: log.end, retained: log.end, flushed: log.end)
        #expect(place == log.end)
        #expect(try folder.map(along: leg(log)) == whole(log))
    }

    @Test func `what was read before counts once a record has followed it`() throws {
        let log = try log()
        let scratch = try ScratchFolder()
        defer { withExtendedLifetime(scratch) {} }
        let folder = try folder(scratch, log)
        let half = log.start + 4 * log.size.bytes + 300_000
        let first = try mapper(folder, log)
        _ = first.begin(timeline: 1, at: log.start, retained: log.start, flushed: log.end)
        first.read(log.slice(log.start, Int(half - log.start)), at: log.start)
        first.cut()
        let reach = try #require(first.reach)
        #expect(first.hasRead(reach) && !first.hasRead(half + 1))
        let next = try mapper(folder, log)
        let from = next.begin(timeline: 1, at: half, retained: half, flushed: log.end)
        #expect(!next.hasRead(reach))
        next.read(log.slice(from, 200_000), at: from)
        next.cut()
        #expect(next.hasRead(reach))
        // The server has no more than was read: no record follows yet.
        let idle = try mapper(folder, log)
        let end = try #require(folder.newest(timeline: 1)).sheet.map.readEnd
        let last = idle.begin(timeline: 1, at: end, retained: end, flushed: end)
        idle.read(log.slice(last, Int(end - last)), at: last)
        idle.cut()
        #expect(idle.hasRead(end))
    }
}
