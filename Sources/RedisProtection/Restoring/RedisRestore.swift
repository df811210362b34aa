internal import Model
internal import Protection
internal import RedisWire
internal import SystemIO
internal import SystemPackage
internal import Vault

/// One restore of a server's data into the folder of a stopped server.
struct RedisRestore {
    private let component: RedisComponent
    private let request: RestoreRequest

    init(_ component: RedisComponent, _ request: RestoreRequest) {
        self.component = component
        self.request = request
    }

    /// Finds out what the restore would do; changes nothing.
    func plan() async throws(Fault) -> RestorePlan {
        let point = try await RedisRestorePoint.choose(for: request)
        let snapshot = point.snapshot
        let facts = snapshot.head.facts
        let folder = try folder(facts)
        let settings = try RestoreSettings.settings(
            recorded: facts,
            isAppendOnly: component.isAppendOnly,
            component: component.name
        )
        let files = try RedisRestoreFiles.files(for: settings)
        if !request.stopsServers { try await check(folder, facts) }
        let now = request.clock.now()
        let time = point.moment
        // Also proves that the expiries can be changed, where they are to be.
        let rdb = try await StoredRDB(snapshot, request).read(
            countingExpiredBy: component.expiries.deadline(time, now),
            changing: component.expiries.change(from: time, to: now),
            .silent
        ) { _ in }
        let text = RestoreText(
            snapshot: snapshot,
            folder: folder,
            settings: settings,
            rdb: rdb,
            replay: point.steps,
            expiries: component.expiries.text(from: time, to: now)
        )
        try await point.requireReplay(component, rdb, request)
        let owner = try FileOwner.choose(for: folder, account: component.account)
        let bytes =
            files.reduce(.zero) { $0 + $1.bytes(rdb.bytes) } + (point.stretch?.bytes ?? .zero)
        try RestoreDestination.requireRoom(for: bytes, at: [folder])
        let keeping =
            request.stopsServers
            ? [
                "what the server left in \(folder.displayed) is kept in a folder before-restore-… there"
            ] : []
        return RestorePlan(
            snapshot: snapshot,
            destination: folder,
            point: time,
            steps: keeping + text.steps(files, owner: owner),
            bytes: bytes,
            facts: text.facts.merging(point.facts) { own, _ in own }
        )
    }

    /// Does what a plan says; looks again at what may have changed since.
    func run(
        _ plan: RestorePlan,
        _ progress: ProgressReporter
    ) async throws(Fault) -> RestoreOutcome {
        let facts = plan.snapshot.head.facts
        let settings = try RestoreSettings.settings(
            recorded: facts,
            isAppendOnly: component.isAppendOnly,
            component: component.name
        )
        let files = try RedisRestoreFiles.files(for: settings)
        // Before a replay takes its time; what is there is put aside only behind it.
        try await requireStopped(plan.destination, facts)
        return try await plan.withRDB(of: component, request, progress) {
            stored async throws(Fault) in
            try await write(stored, files, settings, plan, progress)
        }
    }

    private func write(
        _ stored: StoredRDB,
        _ files: [RedisRestoreFile],
        _ settings: RedisPersistenceSettings,
        _ plan: RestorePlan,
        _ progress: ProgressReporter
    ) async throws(Fault) -> RestoreOutcome {
        let kept = try await keep(plan.destination, plan.snapshot.head.facts, settings)
        progress(.phase("writing"))
        progress(.total(stored.size))
        let writer = RestoreWriter(
            plan.destination,
            owner: try FileOwner.choose(for: plan.destination, account: component.account)
        )
        let now = request.clock.now()
        let time = plan.point ?? plan.snapshot.head.time
        let expiries = (
            change: component.expiries.change(from: time, to: now),
            deadline: component.expiries.deadline(time, now)
        )
        let rdb: RDBFacts
        do throws(Fault) {
            rdb = try await writer.write(files, from: stored, expiries, progress)
        } catch {
            do throws(Fault) { try kept?.putBack() } catch let left {
                throw error.adding(hint: "What was there is still put aside: \(left.message).")
            }
            throw error
        }
        return RestoreOutcome(
            point: time,
            lines: RestoreText(
                snapshot: plan.snapshot,
                folder: plan.destination,
                settings: settings,
                rdb: rdb,
                replay: [],
                expiries: component.expiries.text(from: time, to: now)
            ).outcome
                + (kept.map { ["what was there before is in \($0.place.displayed)"] } ?? []),
            bytes: files.reduce(.zero) { $0 + $1.bytes(rdb.bytes) }
        )
    }

    private func folder(_ facts: [String: String]) throws(Fault) -> FilePath {
        if let folder = request.destination ?? component.directory { return folder }
        guard let recorded = facts[RedisFact.directory].map({ FilePath($0) }), recorded.isAbsolute
        else {
            throw Fault(
                .redisSettingsUnknown,
                "unable to restore '\(component.name)': the folder of its files is not known",
                hints: ["Say where with `--to`, or give the component a `directory`."]
            )
        }
        return recorded
    }

    /// Puts aside what a server that was stopped for this has left, and refuses a folder as ``check(_:_:)`` does.
    private func keep(
        _ folder: FilePath,
        _ facts: [String: String],
        _ settings: RedisPersistenceSettings
    ) async throws(Fault) -> KeptFiles? {
        guard request.stopsServers else {
            try await check(folder, facts)
            return nil
        }
        try await requireStopped(folder, facts)
        let kept = try KeptFiles(in: folder, settings, now: request.clock.now())
        try kept?.putAside()
        return kept
    }

    /// Refuses a folder that a server runs on.
    private func requireStopped(
        _ folder: FilePath,
        _ facts: [String: String]
    ) async throws(Fault) {
        try await RunningServer(component, recorded: facts[RedisFact.directory]).check(
            folder,
            request.clock
        )
    }

    /// Refuses a folder that holds something or that a server runs on.
    private func check(_ folder: FilePath, _ facts: [String: String]) async throws(Fault) {
        try await requireStopped(folder, facts)
        try RestoreDestination.requireVacant(folder)
    }
}

extension RedisRestoreFile {
    /// How long the file will be.
    func bytes(_ rdb: ByteCount) -> ByteCount {
        switch content {
        case .rdb: rdb
        case .literal(let bytes): ByteCount(bytes.count)
        }
    }
}
