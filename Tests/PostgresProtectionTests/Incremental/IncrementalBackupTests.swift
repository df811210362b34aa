import Foundation
import Model
import PostgresProtection
import PostgresWire
import Protection
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// Backups that read only what the log names, with real servers; the host that makes them cannot read data back.
///
/// `LIFEBOAT_SOAK_ROUNDS` makes it longer: so many backups in a row for each cell of the sample, two for each of the
/// whole matrix; see `Scripts/soak matrix`.
@Suite(.serialized, .ownThreads) struct IncrementalBackupTests {
    /// A cell of the matrix, and how many backups follow the first one.
    struct Row: Sendable, CustomTestStringConvertible {
        let shape: ClusterShape
        let links: Int
        var settings: [String: String] = [:]
        var testDescription: String {
            ([shape.testDescription] + settings.map { "\($0) \($1)" }).joined(separator: ", ")
        }
    }

    /// A link of the chain, and what the cluster held after it.
    private struct Link {
        let snapshot: Snapshot
        let moment: Instant
        let expected: [String]
    }

    private static let environment = ProcessInfo.processInfo.environment
    private static let soak = environment["LIFEBOAT_SOAK_ROUNDS"].flatMap { Int($0) }
    /// Where a soak that was broken off goes on.
    private static let first = environment["LIFEBOAT_FIRST_CELL"].flatMap { Int($0) } ?? 0
    private static let rows: [Row] = {
        let sample = ClusterShape.sample
        guard let soak else {
            return sample.map { Row(shape: $0, links: $0 == sample[0] ? 3 : 1) }
        }
        let hints = sample.filter { !$0.checksums && $0.method == .direct }
        let rows =
            sample.map { Row(shape: $0, links: soak) }
            + hints.map { Row(shape: $0, links: soak, settings: ["wal_log_hints": "on"]) }
            + ClusterShape.all.filter { !sample.contains($0) }.map { Row(shape: $0, links: 2) }
        return Array(rows.dropFirst(first))
    }()

    private func reading(_ snapshot: Snapshot) -> String { snapshot.head.facts["read_why"] ?? "" }

    private func read(_ snapshot: Snapshot) -> Int64 {
        snapshot.head.facts["read_bytes"].flatMap { Int64($0) } ?? .max
    }

    @Test(arguments: rows)
    func `incrementals in a row under load and schema changes come back, each of them`(
        row: Row
    ) async throws {
        let shape = row.shape
        let server = try shape.start(
            settings: row.settings.merging(["autovacuum_naptime": "1s"]) { $1 }
        )
        let cluster = try await ProtectedCluster(server: server)
        let links = try await cluster.receiving { try await self.chain(row, cluster) }
        for link in links {
            let (restored, outcome) = try await cluster.restore(.time(link.moment))
            let oracle = ClusterOracle(server: restored)
            #expect(try oracle.contents() == link.expected, "\(link.snapshot.id)")
            #expect(outcome.problems.isEmpty)
            if Self.soak != nil || link.snapshot.id == links.last?.snapshot.id {
                try oracle.prove(
                    hasAmcheck: shape.edition.hasContrib,
                    hasChecksums: shape.checksums
                )
            }
            restored.remove()
        }
        if shape.checksums, shape.method != .replication, row.links > 2 {
            try await compareWithFullReading(row, cluster)
        }
        server.remove()
    }

    /// Backs up once, then again and again, each time while everything changes.
    private func chain(_ row: Row, _ cluster: ProtectedCluster) async throws -> [Link] {
        let server = cluster.server
        let first = try await cluster.backUp(row.shape.method)
        #expect(reading(first) == "reads everything: there is no backup before")
        var links: [Link] = []
        for number in 1...row.links {
            // Each begins with a new database, made by one strategy and the other in turn.
            let churn = SchemaChurn(server, from: number * 1000 + (number % 2 == 1 ? 1 : 5))
            async let changes: Void = churn.run(space: row.shape.space)
            let snapshot = try await cluster.backUp(row.shape.method)
            churn.stop()
            try await changes
            expectPart(snapshot, row.shape.method, number)
            links.append(
                Link(
                    snapshot: snapshot,
                    moment: try cluster.now(),
                    expected: try ClusterOracle(server: server).contents()
                )
            )
            // Recovery goes on to the first commit after the moment, and DROP DATABASE does its work before its own.
            try server.psql("insert into ledger (note) values ('afterwards')")
            if number % 3 == 0 { try clear(server) }
        }
        try await cluster.waitForHeartbeat(after: cluster.now())
        return links
    }

    /// The archives of the replication protocol are always whole; what is the same in them is not stored again.
    private func expectPart(
        _ snapshot: Snapshot,
        _ method: PostgresSettings.Method,
        _ number: Int
    ) {
        let sizes = snapshot.head.sizes
        if method == .replication {
            let why = "reads everything: the replication protocol sends whole files"
            #expect(reading(snapshot) == why, "\(number)")
            #expect(sizes.added < sizes.source, "\(number)")
        } else {
            #expect(reading(snapshot).contains("the log names what changed"), "\(number)")
            #expect(read(snapshot) < sizes.source, "\(number)")
        }
    }

    /// Drops databases that the changes have left.
    private func clear(_ server: PostgresServer) throws {
        let names = try server.psql("select datname from pg_database where datname ~ '^d[0-9]+$'")
        for name in names.split(separator: "\n") { try server.psql("drop database \(name)") }
    }

    /// On a quiet cluster an incremental names the same pages as a full reading.
    private func compareWithFullReading(_ row: Row, _ cluster: ProtectedCluster) async throws {
        let server = cluster.server
        try server.psql("alter system set autovacuum = off")
        try server.psql("select pg_reload_conf()")
        while try server.psql(
            "select count(*) from pg_stat_activity where backend_type = 'autovacuum worker'"
        ) != "0" { try await Task.sleep(for: .milliseconds(50)) }
        // Sets every hint bit.
        try server.psql("vacuum freeze")
        let part = try await cluster.backUp(row.shape.method)
        #expect(reading(part).contains("the log names what changed"))
        var settings = cluster.settings(row.shape.method)
        settings.fullEvery = .seconds(0)
        let whole = try await cluster.backUp(settings)
        #expect(reading(whole).hasPrefix("reads everything: the last full reading was at"))
        let left = try await cluster.entries(of: part)
        let right = try await cluster.entries(of: whole)
        var count = 0
        for (path, entry) in right where RelationFile(path: path) != nil {
            count += 1
            #expect(left[path]?.digest == entry.digest, "\(path)")
            #expect(left[path]?.size == entry.size, "\(path)")
        }
        #expect(count > 500)
    }

    @Test(arguments: [false, true]) func `a changed page that was not read is found`(
        isTampered: Bool
    ) async throws {
        let server = try PostgresServer.make(settings: ["autovacuum": "off"])
        try server.start()
        try SchemaChurn.prepare(server, space: nil)
        let cluster = try await ProtectedCluster(server: server)
        try await cluster.backUp(.direct)
        try server.psql("update wide set b = 'changed' where a % 17 = 3")
        let end = try #require(LSN(try server.psql("select pg_current_wal_flush_lsn()")))
        try await cluster.receiving { try await cluster.waitForLog(end) }
        if isTampered { try forgetChanges(try folder(cluster)) }
        let snapshot = try await cluster.backUp(.direct)
        #expect(reading(snapshot).contains("the log names what changed"))
        let expected = try ClusterOracle(server: server).contents()
        let restored = try? await cluster.restore(.latest)
        let contents = try? restored.map { try ClusterOracle(server: $0.server).contents() }
        #expect((contents == expected) != isTampered)
        restored?.server.remove()
        server.remove()
    }

    private func folder(_ cluster: ProtectedCluster) throws -> MapFolder {
        let system = try cluster.server.psql("select system_identifier from pg_control_system()")
        return MapFolder(
            cluster.context.state,
            stream: cluster.stream,
            systemIdentifier: try #require(UInt64(system))
        )
    }

    /// Lets every map say that nothing changed.
    private func forgetChanges(_ folder: MapFolder) throws {
        let names = folder.names(timeline: 1)
        #expect(!names.isEmpty)
        for name in names {
            let sheet = try #require(folder.sheet(name))
            var map = BlockMap(timeline: 1, start: sheet.map.start)
            map.extend(to: sheet.map.end, read: sheet.map.readEnd)
            try folder.store(MapFolder.Sheet(map: map, lastRecord: sheet.lastRecord), as: name)
        }
    }
}
