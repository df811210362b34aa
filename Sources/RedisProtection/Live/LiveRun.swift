internal import Model
internal import Protection
internal import RedisWire
internal import Sealing
internal import SystemIO
internal import Vault

/// One restore into a running server, after its plan.
struct LiveRun {
    private static let pieceSize = 256 << 10

    private let live: RedisLive
    private let plan: RestorePlan
    private let request: RestoreRequest
    private let progress: ProgressReporter

    init(
        _ live: RedisLive,
        _ plan: RestorePlan,
        _ request: RestoreRequest,
        _ progress: ProgressReporter
    ) {
        self.live = live
        self.plan = plan
        self.request = request
        self.progress = progress
    }

    private var component: RedisComponent { live.component }
    private var time: Instant { plan.point ?? plan.snapshot.head.time }

    // MARK: All data

    /// Replaces what the server holds.
    ///
    /// ```
    /// vault ─▶ file without a name, proved ─▶ safety copy ─▶ server
    /// ```
    /// The server ends itself when it loads a damaged RDB, so it gets the first byte when the last one was proved. What its clients
    /// write behind the safety copy is gone, so that comes last.
    func replace(_ stored: StoredRDB) async throws(Fault) -> RestoreOutcome {
        progress(.phase("reading"))
        progress(.total(stored.size))
        let now = request.clock.now()
        let spool = try Descriptor.anonymous(in: request.state)
        let rdb = try await stored.read(
            countingExpiredBy: component.expiries.deadline(time, now),
            changing: component.expiries.change(from: time, to: now),
            progress
        ) { piece async throws(Fault) in try spool.write(piece) }
        // Only now is anything known that the server will get.
        let target = try await LiveTarget.ask(component, rdb, isReplaced: true)
        try target.check(rdb, name: live.name)
        let saved = try await live.saved(target, before: time, progress)
        progress(.phase("handing over"))
        progress(.total(rdb.bytes.bytes))
        var offset: Int64 = 0
        var problems: [String] = []
        do throws(Fault) {
            try await handover(of: rdb).run { () async throws(Fault) in
                let piece = try spool.read(upTo: Self.pieceSize, at: offset)
                offset += Int64(piece.count)
                progress(.advanced(Int64(piece.count)))
                return piece.isEmpty ? nil : piece
            } check: { server async throws(Fault) in
                problems = Self.problems(
                    in: LiveTarget.keys(try await server.info("keyspace")),
                    expecting: rdb
                )
            }
        } catch {
            throw error.adding(hints: hints(saved))
        }
        let outcome = [rdb.keysText, rdb.expiredText("have")]
        return RestoreOutcome(
            point: time,
            lines: outcome + (component.expiries.text(from: time, to: now).map { [$0] } ?? [])
                + saved,
            problems: problems,
            bytes: rdb.bytes
        )
    }

    /// What helps after a failure: where what was there is, and how to try again, since that is the newest snapshot now.
    private func hints(_ saved: [String]) -> [String] {
        guard !saved.isEmpty, request.only == nil, case .latest = request.target else {
            return saved
        }
        let isReplayed = RedisLogStretch(plan.facts) != nil
        let target = isReplayed ? "'\(time)'" : "\(live.name)@\(plan.snapshot.id.seq)"
        return saved + [
            "To try again, say what shall come back, now that this is newer: --at \(target)"
        ]
    }

    private func handover(of rdb: RDBFacts) -> RedisHandover {
        RedisHandover(
            address: component.address,
            patience: component.patience,
            host: live.listen,
            length: rdb.bytes,
            replicationID: Hexadecimal.encode(RandomBytes.make(20))
        )
    }

    /// What a server that has loaded an RDB, and was not written to, has too many or too few of.
    private static func problems(
        in found: [Int: Int64],
        expecting rdb: RDBFacts
    ) -> [String] {
        var problems: [String] = []
        for number in Set(found.keys).union(rdb.databases.keys).sorted() {
            let count = rdb.databases[number] ?? RDBKeyCount()
            let keys = Int64(clamping: count.keys)
            let least = keys - Int64(clamping: count.expiring)
            let present = found[number] ?? 0
            guard !(least...keys ~= present) else { continue }
            problems.append(
                "database \(number) has \(present) keys where the snapshot has \(keys)"
            )
        }
        return problems
    }

    // MARK: Chosen keys

    /// Puts the chosen keys beside what the server holds.
    ///
    /// Each chunk of the vault is proved when it is read, the whole RDB was when it was planned or replayed.
    func merge(
        _ selection: RedisSelection,
        _ stored: StoredRDB
    ) async throws(Fault) -> RestoreOutcome {
        let target = try await LiveTarget.ask(component, nil, isReplaced: false)
        let saved = try await live.saved(target, before: time, progress)
        return try await RedisConnection.with(component.address, patience: component.patience) {
            connection async throws(Fault) in
            do throws(Fault) {
                return try await merge(selection, stored, saved, over: connection)
            } catch { throw error.adding(hints: hints(saved)) }
        }
    }

    private func merge(
        _ selection: RedisSelection,
        _ stored: StoredRDB,
        _ lines: [String],
        over connection: RedisConnection
    ) async throws(Fault) -> RestoreOutcome {
        progress(.phase("merging"))
        progress(.total(stored.size))
        let now = request.clock.now()
        let change = component.expiries.change(from: time, to: now)
        var reader = RDBKeyReader(change, libraries: selection.isEverything) {
            selection.contains($0, $1)
        }
        var merge: RedisMerge?
        var bytes: Int64 = 0
        _ = try await stored.read(countingExpiredBy: now, progress) { piece async throws(Fault) in
            let keys = try reader.feed(piece)
            let libraries = reader.takeLibraries()
            guard !keys.isEmpty || !libraries.isEmpty else { return }
            // In place: a copy would copy the batch with each key.
            if merge == nil {
                merge = RedisMerge(
                    connection,
                    version: reader.version,
                    keepsExisting: selection.keepsExisting,
                    now: now.milliseconds
                )
            }
            for library in libraries {
                bytes += Int64(library.record.count)
                try await merge?.add(library)
            }
            for key in keys {
                bytes += Int64(key.value.count)
                try await merge?.add(key)
            }
        }
        _ = try reader.finish()
        let tally = try await merge?.finish() ?? RedisMerge.Tally()
        return RestoreOutcome(
            point: time,
            lines: Self.lines(tally) + lines,
            problems: Self.problems(tally),
            bytes: ByteCount(bytes)
        )
    }

    private static func lines(_ tally: RedisMerge.Tally) -> [String] {
        var lines = ["\(tally.restored) keys were put back"]
        if tally.kept > 0 { lines.append("\(tally.kept) keys were there and stayed as they were") }
        if tally.expired > 0 { lines.append("\(tally.expired) keys had expired and were left out") }
        if tally.libraries > 0 {
            lines.append("\(tally.libraries) function libraries were put back")
        }
        if tally.keptLibraries > 0 {
            lines.append(
                "\(tally.keptLibraries) function libraries were there and stayed as they were"
            )
        }
        return lines
    }

    private static func problems(_ tally: RedisMerge.Tally) -> [String] {
        guard tally.refused > 0 else { return tally.reasons }
        return tally.reasons + ["the server refused \(tally.refused) keys in all"]
    }
}

extension Fault {
    /// The fault of a restore that failed half-way, with where what was there before is.
    fileprivate func adding(hints: [String]) -> Fault { hints.reduce(self) { $0.adding(hint: $1) } }
}
