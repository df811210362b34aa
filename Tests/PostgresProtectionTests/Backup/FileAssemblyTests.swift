import Foundation
import Model
import PostgresProtection
import PostgresWire
import Protection
import TestKit
import Testing
import Vault

/// Files that change or vanish while they are read, and pages that are read again.
@Suite(.ownThreads) struct FileAssemblyTests {
    private let page = 8192

    private func batch(_ path: String, _ lengths: [Int]) -> FetchBatch {
        var batch = FetchBatch()
        batch.add(
            .begin(
                ListedFile(
                    path: path,
                    size: Int64(lengths.reduce(0, +)),
                    modified: Instant(seconds: 7),
                    isDirectory: false
                )
            )
        )
        var offset: Int64 = 0
        for length in lengths {
            batch.add(.read(FileRange(path: path, offset: offset, length: length)))
            offset += Int64(length)
        }
        batch.add(.end)
        return batch
    }

    private func pieces(_ pieces: [[UInt8]?]) -> FetchedPieces {
        FetchedPieces(pieces: pieces, waited: .zero)
    }

    /// Stores what `body` hands to an assembly; gives the entries and the damage.
    private func assembled(
        rereading: @escaping FileAssembly.Reading = { _ in nil },
        _ body: (FileAssembly) async throws(Fault) -> Void
    ) async throws -> (entries: [String: ManifestEntry], damage: [PageDamage]) {
        try await stored { intake async throws(Fault) in
            try await body(FileAssembly(intake, mode: 0o640, rereading: rereading))
        }
    }

    /// Stores what `body` hands to an intake; gives the entries and the damage.
    private func stored(
        _ body: (ClusterIntake) async throws(Fault) -> Void
    ) async throws -> (entries: [String: ManifestEntry], damage: [PageDamage]) {
        let cluster = try await ProtectedCluster(server: PostgresServer.emptyDirectory())
        let context = cluster.context
        var damage: [PageDamage] = []
        let snapshot = try await cluster.store { session async throws(Fault) in
            let pace = ReadingPace(limit: nil, bounds: BackOff.Bounds(), progress: .silent)
            let intake = ClusterIntake(session, context: context, hasChecksums: true, pace: pace)
            intake.begin(at: LSN(1000))
            try await body(intake)
            damage = intake.damage
            return BackupDraft(time: context.clock.now())
        }
        return (try await cluster.entries(of: snapshot), damage)
    }

    @Test func `a dropped file is left out, a truncated one is shorter, an empty one is there`()
        async throws
    {
        let zeros = [UInt8](repeating: 0, count: page)
        let (entries, damage) = try await assembled { assembly async throws(Fault) in
            try await assembly.take(batch("base/5/1", [page]), pieces([zeros]))
            try await assembly.take(batch("base/5/2", [page, page]), pieces([zeros, nil]))
            try await assembly.take(batch("base/5/3", [page]), pieces([nil]))
            // It grew again behind the truncation: what comes there is in the log.
            try await assembly.take(
                batch("base/5/4", [2 * page, page]),
                pieces([zeros, [UInt8](repeating: 9, count: page)])
            )
            try await assembly.take(batch("empty", []), pieces([]))
            try await assembly.take(batch("log", [300, 100]), pieces([[1, 2, 3], []]))
        }
        #expect(Set(entries.keys) == ["base/5/1", "base/5/4", "empty", "log"])
        #expect(entries["base/5/4"]?.size == Int64(page))
        #expect(entries["log"]?.size == 3 && entries["empty"]?.size == 0)
        #expect(entries.values.allSatisfy { $0.mode == 0o640 })
        #expect(entries["log"]?.modified == Instant(seconds: 7))
        #expect(damage.isEmpty)
    }

    @Test func `a file may begin, go on and end in different batches`() async throws {
        var whole = FetchBatch()
        for step in batch("base/5/1", [page, page]).steps { whole.add(step) }
        var parts = [FetchBatch](repeating: FetchBatch(), count: whole.steps.count)
        for (index, step) in whole.steps.enumerated() { parts[index].add(step) }
        let zeros = [UInt8](repeating: 0, count: page)
        let (entries, _) = try await assembled { assembly async throws(Fault) in
            for part in parts {
                try await assembly.take(part, pieces(part.ranges.map { _ in zeros }))
            }
        }
        #expect(entries["base/5/1"]?.size == Int64(2 * page))
    }

    @Test func `kept pages that nobody remembers fail the backup, and are ignored behind an end`()
        async throws
    {
        var kept = FetchBatch()
        for step in batch("base/5/1", [page, page]).steps.dropLast() { kept.add(step) }
        kept.add(.keep(FileRange(path: "base/5/1", offset: Int64(2 * page), length: page)))
        kept.add(.end)
        let steps = kept
        let zeros = [UInt8](repeating: 0, count: page)
        let (entries, _) = try await assembled { assembly async throws(Fault) in
            try await assembly.take(steps, pieces([zeros, []]))
        }
        #expect(entries["base/5/1"]?.size == Int64(page))
        let fault = await #expect(throws: Fault.self) {
            _ = try await assembled { assembly async throws(Fault) in
                try await assembly.take(steps, pieces([zeros, zeros]))
            }
        }
        #expect(fault?.code.id == "E-VAULT-VANISHED")
    }

    @Test func `only a page that is wrong twice in the same way is damaged`() async throws {
        var torn = [UInt8](repeating: 0, count: page)
        torn[4000] = 1
        var damagedPage = torn
        damagedPage[5000] = 2
        let bytes = torn + damagedPage + torn
        let again = [Int64(0): torn.map { $0 &+ 1 }, 8192: damagedPage]
        let (entries, damage) = try await assembled(rereading: { again[$0.offset] }) {
            assembly async throws(Fault) in
            try await assembly.take(batch("base/5/77.1", [bytes.count]), pieces([bytes]))
        }
        #expect(entries["base/5/77.1"]?.size == Int64(bytes.count))
        #expect(damage.map(\.path) == ["base/5/77.1"])
        #expect(damage.map(\.pages) == [1])
        #expect(damage.first?.blocks == [131_073])
    }

    @Test func `the control file is read again until it is whole`() async throws {
        let server = try PostgresServer.make()
        defer { server.remove() }
        let file = server.data.appending(path: "global/pg_control")
        let whole = [UInt8](try Data(contentsOf: file))
        var torn = whole
        for index in 40..<200 { torn[index] ^= 1 }
        let half = torn
        var reads = 0
        let (entries, _) = try await stored { intake async throws(Fault) in
            _ = try await intake.addControlFile { () throws(Fault) in
                reads += 1
                return reads < 4 ? half : whole
            }
        }
        #expect(reads == 4)
        #expect(entries["global/pg_control"]?.size == Int64(whole.count))
        let fault = await #expect(throws: Fault.self) {
            _ = try await stored { intake async throws(Fault) in
                _ = try await intake.addControlFile { () throws(Fault) in half }
            }
        }
        #expect(fault?.code == .postgresFormat)
    }

    @Test func `a relation that is not whole pages is copied as it is`() async throws {
        let bytes = (0..<page + 100).map { UInt8(truncatingIfNeeded: $0) }
        let (entries, damage) = try await assembled { assembly async throws(Fault) in
            try await assembly.take(batch("base/5/9", [bytes.count]), pieces([bytes]))
        }
        #expect(entries["base/5/9"]?.size == Int64(bytes.count))
        #expect(damage.isEmpty)
    }
}
