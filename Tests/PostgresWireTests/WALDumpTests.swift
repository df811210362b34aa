import Foundation
import Model
import PostgresWire
import TestKit
import Testing

/// Our reading of real logs beside the server's own.
///
/// `LIFEBOAT_SOAK_ROUNDS` makes it longer; see `Scripts/soak wal`.
@Suite(.serialized, .ownThreads) struct WALDumpTests {
    /// A server to be compared with.
    struct Edition: Sendable, CustomStringConvertible {
        let version: WALVersion
        let binaries: URL
        let segmentMegabytes: UInt64
        var description: String { "\(version) with segments of \(segmentMegabytes) MiB" }
    }

    private static let editions = [
        Edition(version: .v15, binaries: PostgresEdition.v15.binaries, segmentMegabytes: 1),
        Edition(version: .v16, binaries: PostgresEdition.v16.binaries, segmentMegabytes: 16),
        Edition(version: .v17, binaries: PostgresEdition.v17.binaries, segmentMegabytes: 64),
        Edition(version: .v18, binaries: PostgresEdition.v18.binaries, segmentMegabytes: 1),
    ]

    private static let rounds =
        ProcessInfo.processInfo.environment["LIFEBOAT_SOAK_ROUNDS"].flatMap { Int($0) } ?? 1

    private func server(_ edition: Edition) throws -> PostgresServer {
        let server = try PostgresServer.make(
            settings: LivelyWorkload.settings,
            initdb: ["--wal-segsize=\(edition.segmentMegabytes)"],
            binaries: edition.binaries
        )
        try server.start()
        return server
    }

    private func segments(_ server: PostgresServer, _ size: SegmentSize) throws -> [SegmentName] {
        try FileManager.default.contentsOfDirectory(
            atPath: server.data.appending(path: "pg_wal").path
        ).compactMap { SegmentName($0, size: size) }.sorted { $0.number < $1.number }
    }

    @Test(arguments: editions)
    func `every record equals what pg_waldump prints`(edition: Edition) throws {
        var generator = SeededGenerator.fresh("pg_waldump, \(edition)")
        let server = try server(edition)
        let size = try #require(SegmentSize(bytes: edition.segmentMegabytes << 20))
        let first = try #require(try segments(server, size).first)
        var comparison = WALComparison(
            server: server,
            version: edition.version,
            start: first.start,
            size: size
        )
        for round in 0..<Self.rounds {
            try LivelyWorkload(server: server).run(round: round)
            try server.psql("SELECT pg_switch_wal()")
            let end = try #require(LSN(try server.psql("SELECT pg_current_wal_flush_lsn()")))
            try comparison.compare(upTo: LSN(end.value / size.bytes * size.bytes), &generator)
            #expect(comparison.differences.isEmpty)
            if !comparison.differences.isEmpty { break }
        }
        print(
            "\(edition): \(comparison.count) records, \(comparison.references) references equal;",
            comparison.kinds.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
                .joined(separator: ", ")
        )
        #expect(comparison.count > 30_000)
        // Every resource manager but the rare ones.
        let seen: Set<UInt8> = [0, 1, 2, 4, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 21]
        #expect(seen.isSubset(of: comparison.kinds.keys))
    }

    /// The copy of the first stop is brought to the second stop by the map alone.
    ///
    /// With checksums the first change of a page after a checkpoint is always logged, hint bits too, so every byte of
    /// every main fork must come out equal.
    @Test(arguments: rounds > 1 ? editions[...] : editions.prefix(2))
    func `an old copy and what the map names are the new cluster`(edition: Edition) throws {
        let server = try server(edition)
        let size = try #require(SegmentSize(bytes: edition.segmentMegabytes << 20))
        let workload = LivelyWorkload(server: server)
        try workload.run(round: 0)
        let shrunk = try prepareTraps(server)
        try server.stop()
        let old = server.root.appending(path: "old")
        try FileManager.default.copyItem(at: server.data, to: old)
        let start = try ControlFile(parsing: bytes(old, "global/pg_control")).checkpoint
        var builder = BlockMapBuilder(
            at: LSN(start.value / 8192 * 8192),
            timeline: 1,
            version: edition.version,
            segmentSize: size,
            systemIdentifier: nil
        )
        try server.start()
        for round in [1, 5] { try workload.run(round: round) }
        try springTraps(server)
        try server.stop()
        if edition.version != .v15 {
            // From 16 on the server grows a file beyond what it logs.
            #expect(try bytes(server.data, shrunk).suffix(8192).allSatisfy { $0 == 0 })
            #expect(try bytes(server.data, shrunk).count < bytes(old, shrunk).count)
        }
        let end = try ControlFile(parsing: bytes(server.data, "global/pg_control")).checkpoint
        var time = Duration.zero
        try feed(server, size, into: &builder, upTo: end, &time)
        let map = builder.cut()
        let megabytes = Double(builder.position - start) / 1e6
        print(
            "\(edition): map of \(Int(megabytes)) MB at \(Int(megabytes / (time / .seconds(1)))) MB/s"
        )
        #expect(map.doubt == nil)
        #expect(map.end >= end)
        let stored = try BlockMap(decoding: map.encoded())
        let counts = try rebuild(old, server.data, stored)
        print(
            "\(edition): \(counts.read) of \(counts.total) bytes of main forks read, map of \(map.encoded().count) bytes"
        )
        #expect(counts.files > 500)
        #expect(counts.read < counts.total)
        #expect(counts.kept > 0)
    }

    /// Prepares what only the special records tell, and gives the path of a relation.
    ///
    /// That one will shrink and grow again; a database will move away and come back under its old
    /// numbers.
    private func prepareTraps(_ server: PostgresServer) throws -> String {
        let folder = server.root.appending(path: "space")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try server.own(folder)
        try server.psql("CREATE TABLESPACE space LOCATION '\(folder.path)'")
        try server.psql("CREATE DATABASE moved")
        try server.psql(
            "CREATE TABLE t AS SELECT g, 0 AS n FROM generate_series(1, 5000) g",
            database: "moved"
        )
        try server.psql(
            """
            CREATE TABLE shrunk WITH (autovacuum_enabled = off) AS
            SELECT g AS x, repeat('z', 200) AS t FROM generate_series(1, 30000) g
            """
        )
        // Emptied now, so that nothing but the truncation itself will tell of these blocks.
        try server.psql("DELETE FROM shrunk WHERE x > 100")
        try server.psql("VACUUM (TRUNCATE off) shrunk")
        return try server.psql("SELECT pg_relation_filepath('shrunk')")
    }

    private func springTraps(_ server: PostgresServer) throws {
        try server.psql("ALTER DATABASE moved SET TABLESPACE space")
        try server.psql("UPDATE t SET n = 1 WHERE g % 900 = 0", database: "moved")
        try server.psql("ALTER DATABASE moved SET TABLESPACE pg_default")
        try server.psql("VACUUM shrunk")
        try server.psql("COPY shrunk(x) FROM PROGRAM 'seq 101 9300'")
    }

    private func bytes(_ root: URL, _ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: root.appending(path: path)))
    }

    private func feed(
        _ server: PostgresServer,
        _ size: SegmentSize,
        into builder: inout BlockMapBuilder,
        upTo end: LSN,
        _ time: inout Duration
    ) throws {
        let first = try #require(SegmentName(timeline: 1, containing: builder.position, size: size))
        for segment in try segments(server, size) where segment.number >= first.number {
            let content = try bytes(server.data, "pg_wal/\(segment)")
            let from = Int(builder.position - segment.start)
            guard builder.position <= end else { return }
            let clock = ContinuousClock.now
            let stop = builder.read(content.span.bytes.extracting(from...), at: builder.position)
            time += ContinuousClock.now - clock
            guard let stop else { continue }
            #expect(stop.position > end, "\(stop)")
            return
        }
    }

    /// Compares every main fork with what it would be, and counts.
    private func rebuild(
        _ old: URL,
        _ new: URL,
        _ map: BlockMap
    ) throws -> (files: Int, total: UInt64, read: UInt64, kept: Int) {
        var counts = (files: 0, total: UInt64(0), read: UInt64(0), kept: 0)
        let paths = try FileManager.default.subpathsOfDirectory(atPath: new.path)
        for path in paths {
            guard let file = RelationFile(path: path), file.fork == .main else { continue }
            let now = try bytes(new, path)
            let before = try? bytes(old, path)
            let reading = map.reading(
                path: path,
                size: UInt64(now.count),
                prior: before.map { UInt64($0.count) },
                joining: 0
            )
            counts.files += 1
            counts.total += UInt64(now.count)
            counts.read += reading.bytes(of: UInt64(now.count))
            guard case .blocks(let ranges) = reading, var rebuilt = before else { continue }
            counts.kept += 1
            if rebuilt.count > now.count { rebuilt.removeSubrange(now.count...) }
            rebuilt += [UInt8](repeating: 0, count: now.count - rebuilt.count)
            for range in ranges {
                let place = Int(range.lowerBound) * 8192..<Int(range.upperBound) * 8192
                rebuilt.replaceSubrange(place, with: now[place])
            }
            // Not compared in the expectation, which would look for a smallest difference of
            // megabytes.
            let isEqual = rebuilt == now
            #expect(isEqual, "\(path)")
        }
        return counts
    }
}
