import Model
import ObjectStorage
import Sealing
import TestKit
import Testing
import Vault

/// Pieces of log that were taken away from a vault.
@Suite struct LogHoleTests {
    /// A vault with log in pieces; what a test takes away goes from a copy of it.
    private struct Scene {
        let store = MemoryStore()
        let fixture: VaultFixture

        /// Stores pieces of one epoch.
        init(
            _ pieces: [Range<Int>] = [0..<100, 100..<200, 200..<300, 300..<400],
            _ kind: ComponentKind = .redis
        ) async throws {
            fixture = try await VaultFixture(in: store)
            try await put(pieces, kind)
        }

        func put(_ pieces: [Range<Int>], _ kind: ComponentKind, epoch: UInt32 = 1) async throws {
            let writer = try fixture.logWriter(kind)
            for piece in pieces {
                try await writer.put(
                    LogInput(
                        source: "one",
                        epoch: epoch,
                        from: UInt64(piece.lowerBound),
                        bytes: piece.map { UInt8(truncatingIfNeeded: $0) },
                        time: fixture.time,
                        heartbeat: nil,
                        facts: [:]
                    )
                )
            }
        }

        /// The object of a piece.
        func name(_ piece: Range<Int>, epoch: Int = 1) throws -> ObjectName {
            let digits = [piece.lowerBound, piece.upperBound].map { number in
                let text = String(number, radix: 16)
                return String(repeating: "0", count: 16 - text.count) + text
            }
            let place = "/0000000\(epoch)/\(digits[0])-\(digits[1])-"
            return try #require(
                Forgery.names(store, "log/").first { $0.text.contains(place) }
            )
        }

        /// What a check finds after some pieces are gone.
        func report(
            without lost: [Range<Int>],
            _ change: (inout CheckRequest) -> Void = { _ in }
        ) async throws -> CheckReport {
            let copy = store.copy()
            for piece in lost { copy.tamper(try name(piece), nil) }
            let opened = try await fixture.opened(in: copy)
            var request = CheckRequest()
            request.depth = .listing
            change(&request)
            return try await VaultCheck(opened.vault, request).run { _ in }
        }

        /// The same: which pieces a hole is before.
        func holes(without lost: [Range<Int>]) async throws -> [String] {
            try await report(without: lost).damage.map(\.object)
        }

        /// A base backup that needs the log between two positions.
        func backUpBase(_ span: Range<Int>) async throws -> Snapshot {
            var request = BackupRequest(
                stream: fixture.stream,
                kind: .postgresql,
                set: "set",
                state: fixture.state.path,
                clock: FixedClock(fixture.time)
            )
            request.options = fixture.options
            let time = fixture.time
            return try await fixture.vault.backUp(request, keys: fixture.keys) {
                _ async throws(Fault) in
                BackupDraft(
                    time: time,
                    facts: [
                        "timeline": "1", "segment_bytes": "1048576",
                        "start_lsn": LSN(UInt64(span.lowerBound)).description,
                        "stop_lsn": LSN(UInt64(span.upperBound)).description,
                    ]
                )
            }
        }

        func giveUp(_ positions: Range<UInt64>, by whole: String? = nil) async throws {
            var tombstone = Tombstone()
            tombstone.log = [LogStretch(stream: fixture.stream, epoch: 1, positions, by: whole)]
            _ = try await fixture.vault.publish(
                tombstone,
                in: .collections,
                keys: fixture.keys,
                at: fixture.time
            )
        }
    }

    /// The pieces that other copies bring.
    private func brought(_ hole: LogHole, _ others: [Vault]) async throws -> [ObjectName] {
        hole.pieces(among: try await LogHole.pieces(of: hole.stream, in: others))
    }

    @Test func `log of Redis that was taken away leaves a hole before the next piece`()
        async throws
    {
        let scene = try await Scene()
        let (third, last) = (try scene.name(200..<300).text, try scene.name(300..<400).text)
        #expect(try await scene.holes(without: []) == [])
        let report = try await scene.report(without: [100..<200])
        #expect(
            report.damage == [
                CheckReport.Finding(
                    object: third,
                    fact:
                        "100 bytes, positions 100 to 200, of the log before it are gone, and no collection gave them up",
                    depth: .listing
                )
            ]
        )
        #expect(report.holes.map(\.isDamage) == [true])
        #expect(try await scene.holes(without: [100..<200, 200..<300]) == [last])
        // What was before the first and behind the last piece that is there nobody knows.
        #expect(try await scene.holes(without: [0..<100]) == [])
        #expect(try await scene.holes(without: [300..<400]) == [])
        // A check of every byte finds it once as well.
        let hashes = try await scene.report(without: [100..<200]) { $0.depth = .hashes }
        #expect(hashes.damage.map(\.object) == [third])
    }

    @Test func `a piece that reaches over a hole fills it`() async throws {
        let scene = try await Scene([0..<100, 100..<200, 200..<300, 300..<400, 50..<350])
        #expect(try await scene.holes(without: [100..<200, 200..<300]) == [])
        let last = try scene.name(300..<400).text
        let lost = [100..<200, 200..<300, 50..<350]
        #expect(try await scene.holes(without: lost) == [last])
    }

    @Test func `a gap of the log of PostgreSQL, or between two epochs, is no loss`() async throws {
        let scene = try await Scene([0..<100, 100..<200, 200..<300], .postgresql)
        #expect(try await scene.report(without: [100..<200]).holes.isEmpty)
        let other = try await Scene([0..<100])
        try await other.put([900..<950], .redis, epoch: 2)
        #expect(try await other.report(without: []).holes.isEmpty)
    }

    @Test func `what a collection gave up is no hole, what a longer piece held is one`()
        async throws
    {
        let scene = try await Scene()
        try await scene.giveUp(100..<300, by: "0123456789abcdef")
        let last = try scene.name(300..<400).text
        #expect(try await scene.holes(without: [100..<200, 200..<300]) == [last])
        try await scene.giveUp(0..<200)
        #expect(try await scene.holes(without: [100..<200]) == [])
        let report = try await scene.report(without: [100..<200, 200..<300])
        #expect(report.damage.map(\.object) == [last])
        #expect(report.damage.first?.fact.hasPrefix("100 bytes, positions 200 to 300,") == true)
        // A report of the collection says it when its document is cleared away.
        for name in Forgery.names(scene.store, "gc/") { scene.store.tamper(name, nil) }
        #expect(try await scene.holes(without: [100..<200]).count == 1)
        var swept = LedgerEntry.Swept()
        swept.past = [LogStretch(stream: scene.fixture.stream, epoch: 1, 0..<300)]
        for entry in LedgerEntry.report(swept) {
            _ = try await scene.fixture.vault.publish(
                entry,
                in: .ledger,
                keys: scene.fixture.keys,
                at: scene.fixture.time
            )
        }
        #expect(try await scene.holes(without: [100..<200, 200..<300]) == [])
    }

    @Test func `what another copy holds is lacking and can be brought, what it gave up is not`()
        async throws
    {
        let scene = try await Scene()
        let other = try await scene.fixture.opened(in: scene.store.copy()).vault
        let report = try await scene.report(without: [100..<200]) { request in
            request.logElsewhere = { () async throws(Fault) in try await other.knownLog() }
        }
        #expect(report.damage == [])
        let hole = try #require(report.holes.first)
        #expect(!hole.isDamage)
        #expect(try hole.object == scene.name(200..<300).text)
        #expect(try await brought(hole, [other]) == [scene.name(100..<200)])
        // The other one lacks a part of it.
        let poor = scene.store.copy()
        poor.tamper(try scene.name(100..<200), nil)
        let half = try await scene.fixture.opened(in: poor).vault
        let partly = try await scene.report(without: [100..<200, 200..<300]) { request in
            request.logElsewhere = { () async throws(Fault) in try await half.knownLog() }
        }
        #expect(partly.damage.first?.fact.hasPrefix("100 bytes, positions 100 to 200,") == true)
        let rest = try #require(partly.holes.first)
        #expect(rest.isDamage)
        #expect(try await brought(rest, [half]) == [scene.name(200..<300)])
        // It gave the rest up.
        let collected = try await scene.fixture.opened(in: poor)
        var tombstone = Tombstone()
        tombstone.log = [LogStretch(stream: scene.fixture.stream, epoch: 1, 0..<200)]
        _ = try await collected.vault.publish(
            tombstone,
            in: .collections,
            keys: collected.keys,
            at: collected.time
        )
        let past = try await scene.report(without: [100..<200]) { request in
            request.logElsewhere = { () async throws(Fault) in
                try await collected.vault.knownLog()
            }
        }
        #expect(past.holes.isEmpty && past.damage == [])
    }

    @Test func `while another copy cannot be asked a hole is told and no damage`() async throws {
        let scene = try await Scene()
        let failing = try await scene.report(without: [100..<200]) { request in
            request.logElsewhere = { () async throws(Fault) in
                throw Fault(.storeUnreachable, "it is away")
            }
        }
        #expect(failing.damage == [] && failing.holes.map(\.isDamage) == [false])
        let fact =
            "100 bytes, positions 100 to 200, of the log before it are not in this copy; one that cannot be asked may hold them"
        #expect(failing.holes.map(\.fact) == [fact])
        let unjudged = try await scene.report(without: [100..<200]) { $0.judgesHoles = false }
        #expect(unjudged.damage == [] && unjudged.holes.map(\.fact) == [fact])
    }

    @Test func `what is stored while the vault is listed is no hole`() async throws {
        let scene = try await Scene()
        let copy = scene.store.copy()
        let late = try scene.name(100..<200)
        copy.tamper(late, nil)
        let opened = try await scene.fixture.opened(in: copy)
        let bytes = try #require(scene.store.contents[late])
        let report = try await VaultCheck(opened.vault).run { _ in copy.tamper(late, bytes) }
        #expect(report.holes.isEmpty && report.damage == [])
    }

    @Test func `rubbish around the log shows no hole, and a piece under another name hides none`()
        async throws
    {
        let scene = try await Scene([1_000..<1_100, 1_100..<1_200, 1_200..<1_300])
        let folder = "log/\(scene.fixture.stream)/00000001"
        for (from, to) in [("0", "1"), ("00450", "00451"), ("9000", "9001")] {
            let digits = [from, to].map { String(repeating: "0", count: 16 - $0.count) + $0 }
            let rubbish = Array("rubbish \(from)".utf8)
            let name = try Forgery.name("\(folder)/\(digits[0])-\(digits[1])", rubbish)
            scene.store.tamper(name, rubbish)
        }
        #expect(try await scene.report(without: []).holes.isEmpty)
        // A copy of a piece under another name counts for nothing, and is seen as such when every byte is read.
        let last = try scene.name(1_200..<1_300)
        let copied = last.text.replacing("00000000000004b0", with: "000000000000044c")
        let bytes = try #require(scene.store.contents[last])
        scene.store.tamper(try named(copied), bytes)
        let report = try await scene.report(without: [1_100..<1_200]) { $0.depth = .hashes }
        #expect(report.distrusted.map(\.object) == [copied])
        #expect(report.holes.map(\.object) == [last.text])
    }

    @Test func `what a revoked key signed hides no hole where every byte is read`() async throws {
        let scene = try await Scene()
        _ = try await scene.fixture.revokingKey()
        // The thief goes on writing.
        try await scene.put([0..<250], .redis)
        let report = try await scene.report(without: [100..<200]) { $0.depth = .hashes }
        #expect(try report.distrusted.map(\.object) == [scene.name(0..<250).text])
        #expect(try report.holes.map(\.object) == [scene.name(200..<300).text])
        // It may be what was given up with the key: it is told, and no damage.
        #expect(report.damage == [])
        #expect(
            report.holes.first?.fact.hasSuffix("by a revoked key, which counts for nothing") == true
        )
        // What it does not say is gone is.
        let more = try await scene.report(without: [200..<300]) { $0.depth = .hashes }
        #expect(try more.damage.map(\.object) == [scene.name(300..<400).text])
    }

    @Test func `many holes of an epoch cost one more listing`() async throws {
        let pieces = (0..<40).map { $0 * 10..<$0 * 10 + 10 }
        let scene = try await Scene(pieces)
        let copy = scene.store.copy()
        for (index, piece) in pieces.enumerated() where index % 2 == 1 && index < 39 {
            copy.tamper(try scene.name(piece), nil)
        }
        let opened = try await scene.fixture.opened(in: copy)
        copy.forgetOperations()
        var request = CheckRequest()
        request.depth = .listing
        let report = try await VaultCheck(opened.vault, request).run { _ in }
        #expect(report.holes.count == 19 && report.damage.count == 19)
        let listings = copy.operations.filter { $0.kind == .list && $0.name.hasPrefix("log/") }
        #expect(listings.count == 1)
    }

    @Test func `log of PostgreSQL that is gone is damage where a base backup needs it`()
        async throws
    {
        let scene = try await Scene([0..<100, 100..<200, 200..<300, 300..<400], .postgresql)
        let id = try await scene.backUpBase(100..<300).id.description
        for lost in [[], [0..<100], [300..<400], [0..<100, 300..<400]] {
            #expect(try await scene.report(without: lost).holes.isEmpty)
        }
        let other = scene.fixture.vault
        for lost in [[100..<200], [200..<300], [100..<200, 200..<300]] {
            let report = try await scene.report(without: lost) { request in
                // Each copy has it, whatever others hold.
                request.logElsewhere = { () async throws(Fault) in try await other.knownLog() }
                request.judgesHoles = false
            }
            #expect(report.damage.map(\.object) == [id])
            let hole = try #require(report.holes.first)
            #expect(hole.isDamage)
            #expect(hole.fact == "the log that it needs, 0/64 to 0/12C, is not all there")
            #expect(try await brought(hole, [other]) == lost.map { try scene.name($0) })
        }
        // Who gave the backup up gives its log up.
        var tombstone = Tombstone()
        tombstone.forgets = [id]
        _ = try await scene.fixture.vault.publish(
            tombstone,
            in: .collections,
            keys: scene.fixture.keys,
            at: scene.fixture.time
        )
        #expect(try await scene.report(without: [100..<200]).holes.isEmpty)
    }

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func `holes are what no piece covers and no collection gave up`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        var pieces: [Range<Int>] = []
        for _ in 0..<24 {
            let from = Int.random(in: 0..<300, using: &random)
            let piece = from..<from + Int.random(in: 1..<40, using: &random)
            if !pieces.contains(piece) { pieces.append(piece) }
        }
        let scene = try await Scene(pieces)
        var givenUp: Set<Int> = []
        for _ in 0..<4 {
            let lost = pieces.filter { _ in Int.random(in: 0..<3, using: &random) > 0 }
            let left = pieces.filter { !lost.contains($0) }
                .sorted { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
            var expected: [String] = []
            var reached = left.first?.lowerBound ?? 0
            for piece in left {
                let hole = (min(reached, piece.lowerBound)..<piece.lowerBound)
                    .filter { $0 >= reached && !givenUp.contains($0) }
                if let first = hole.first, let last = hole.last {
                    let object = try scene.name(piece).text
                    expected.append(
                        "\(object): \(hole.count) bytes, positions \(first) to \(last + 1), "
                    )
                }
                reached = max(reached, piece.upperBound)
            }
            let found = try await scene.report(without: lost).damage
            #expect(found.count == expected.count, "seed \(seed): \(found), \(expected)")
            for (finding, text) in zip(found, expected) {
                #expect(
                    "\(finding.object): \(finding.fact)".hasPrefix(text),
                    "seed \(seed): \(finding)"
                )
            }
            let from = Int.random(in: 0..<300, using: &random)
            let stretch = from..<from + Int.random(in: 1..<60, using: &random)
            try await scene.giveUp(UInt64(stretch.lowerBound)..<UInt64(stretch.upperBound))
            givenUp.formUnion(stretch)
        }
    }
}
