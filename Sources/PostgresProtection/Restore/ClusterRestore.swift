internal import Model
internal import PostgresWire
internal import Protection
internal import SystemIO
internal import SystemPackage
internal import Vault

/// Restores a cluster: lays it out and, when asked to, recovers it.
struct ClusterRestore {
    let component: PostgresComponent
    let plan: RestorePlan
    let request: RestoreRequest
    let progress: ProgressReporter
    /// Whether nobody will start a server of their own on it, who had to be warned of anything.
    var isThrownAway = false

    /// Does what the plan says; when a disk runs full, the places are empty again.
    func run() async throws(Fault) -> RestoreOutcome {
        let base = try BaseRecord(plan.snapshot)
        let programs = component.recovers ? try await component.programs(for: base) : nil
        var layout = ClusterLayout(
            component: component,
            plan: plan,
            request: request,
            progress: progress
        )
        layout.early = early(base)
        return try await layout.run { cluster async throws(Fault) in
            try await finish(cluster, programs)
        }
    }

    /// Says how the server is to recover, and recovers where there are programs to do it.
    private func finish(
        _ cluster: ClusterLayout.Cluster,
        _ programs: (any ServerPrograms)?
    ) async throws(Fault) -> RestoreOutcome {
        let folder = cluster.folder
        let early = cluster.log.early
        let path = TimelinePath.planned(plan).0
        let recovery = RecoverySettings(
            stop: early.map { .position($0) } ?? stop,
            isInclusive: early == nil && !request.isExclusive,
            timeline: early.map { path.timeline(at: $0) } ?? path.last
        )
        let settings = try folder.text(of: "postgresql.auto.conf")
        try folder.write(Array(settings.utf8), to: "lifeboat/postgresql.auto.conf.before")
        let server = programs.map {
            RecoveryServer(
                folder: folder,
                programs: $0,
                control: cluster.control,
                recovery: recovery
            )
        }
        try server?.prepare()
        // A server of ours reads nothing of the cluster's own settings.
        let kept = server == nil ? settings : ""
        try folder.write(
            Array(recovery.text(replacingIn: kept).utf8),
            to: "postgresql.auto.conf"
        )
        try folder.write([], to: "recovery.signal")
        try cluster.complete()
        try cluster.handOver()
        guard let server else { return laidOut(cluster) }
        progress(.phase("recovery"))
        let run = RecoveryRun(
            server: server,
            base: cluster.base,
            log: cluster.log,
            state: request.state,
            isBeside: request.destination != nil
        )
        return try await recover(run, cluster, settings: settings)
    }

    /// Recovers, and leaves the cluster as its next server expects it.
    private func recover(
        _ run: RecoveryRun,
        _ cluster: ClusterLayout.Cluster,
        settings: String
    ) async throws(Fault) -> RestoreOutcome {
        let (folder, files, log) = (cluster.folder, cluster.files, cluster.log)
        let result: RecoveryRun.Result
        do throws(Fault) { result = try await run.run() } catch {
            throw Self.diskFull(error, folder.path, run.base.segmentSize) ?? error
        }
        let remaining = try folder.taken { () throws(Fault) in
            try log.rearm(in: folder)
            let remaining = try files.tablespaces.settle(
                log.tablespaces,
                replayed: result.lastRecord
            )
            try folder.write(Array(settings.utf8), to: "postgresql.auto.conf")
            return remaining
        }
        let cautions = isThrownAway ? [] : try await run.cautions()
        try folder.taken { () throws(Fault) in try folder.remove("lifeboat") }
        return RestoreOutcome(
            point: result.lastTransaction,
            lines: files.lines + result.lines + earlyLines(log)
                + tablespaceLines(remaining, files) + cautions,
            problems: cluster.problems(of: Set(remaining.keys)),
            bytes: plan.bytes
        )
    }

    /// That a failed recovery ran out of room, which the server says in many ways; nil when a segment fits.
    private static func diskFull(
        _ fault: Fault,
        _ path: FilePath,
        _ segment: SegmentSize
    ) -> Fault? {
        let size = ByteCount(Int64(clamping: segment.bytes))
        guard fault.code == .recoveryFailed, let free = try? FileSystem.freeSpace(at: path),
            free < size
        else { return nil }
        return Fault(
            .diskFull,
            "\(fault.message); \(free) is free there, and a segment of log needs \(size)",
            hints: ["Free some space there, or restore to another place."]
        )
    }

    private func tablespaceLines(
        _ places: [UInt32: FilePath],
        _ files: ClusterFiles.Restored
    ) -> [String] {
        places.sorted { $0.key < $1.key }.map { "tablespace \($0.key) is in \($0.value.displayed)" }
            + places.keys.sorted().compactMap { files.tablespaces.displaced[$0] }
            + files.tablespaces.withoutTablespace.map {
                "careful: no tablespace was made at \($0), so nothing went to the place asked for"
            }
    }

    private func earlyLines(_ log: LaidOutLog) -> [String] {
        log.early.map {
            [
                "replay ends before \($0), where what was there at the target may go for good: a database, a tablespace or a replication origin,"
                    + " by a transaction that ends behind the target"
            ]
        } ?? []
    }

    private func laidOut(_ cluster: ClusterLayout.Cluster) -> RestoreOutcome {
        RestoreOutcome(
            point: nil,
            lines: cluster.files.lines + [
                "laid out at \(plan.destination); start a server of the same major version on it: it replays the log and promotes itself"
            ] + earlyLines(cluster.log),
            problems: cluster.problems(),
            bytes: plan.bytes
        )
    }

    /// What looks for removals before the target; nil where a position was asked for, which is obeyed to the byte.
    private func early(_ base: BaseRecord) -> EarlyStop? {
        if case .lsn = request.target { return nil }
        return EarlyStop(before: stop, isInclusive: !request.isExclusive, consistent: base.stop)
    }

    /// Where replay ends, as it was asked for.
    private var stop: ReplayStop {
        if let position = plan.facts["position"].flatMap({ LSN($0) }) {
            return .position(position)
        }
        switch request.target {
        case .time(let moment): return .time(moment)
        case .consistent: return .consistent
        case .latest, .lsn, .transaction, .mark: return .end
        }
    }
}
