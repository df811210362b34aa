internal import Model
internal import PostgresWire
internal import Protection
internal import SystemIO
internal import SystemPackage
internal import Vault

/// Lays a cluster out at its destination and, when asked to, recovers it.
///
/// `global/pg_control` is written last and with an invalid checkpoint: before that no server starts on the folder, and
/// after it only one that reads `backup_label`. Only then do the folders belong to the account of the server.
struct ClusterRestore {
    let component: PostgresComponent
    let plan: RestorePlan
    let request: RestoreRequest
    let progress: ProgressReporter
    /// Whether nobody will start a server of their own on it, who had to be warned of anything.
    var isThrownAway = false

    /// Does what the plan says; when a disk runs full, the places are empty again.
    func run() async throws(Fault) -> RestoreOutcome {
        let begun = BegunPlaces()
        do throws(Fault) { return try await restore(begun) } catch {
            guard error.code == .diskFull else { throw error }
            // The first fault is the one to tell.
            try? begun.takeBack()
            throw error
        }
    }

    private func restore(_ begun: BegunPlaces) async throws(Fault) -> RestoreOutcome {
        let base = try BaseRecord(plan.snapshot)
        let programs =
            component.recovers
            ? try await component.runtime.postgres(major: base.major) : nil
        let files = try await ClusterFiles(
            plan: plan,
            request: request,
            account: try component.serverAccount(),
            progress: progress
        ).restore(begun)
        let folder = files.folder
        let control = try ControlFile(parsing: files.control)
        let (path, end, stop) = planned()
        let log = try await layOut(path, end, base, files, control, begun)
        let recovery = RecoverySettings(
            stop: stop,
            isInclusive: !request.isExclusive,
            timeline: path.last
        )
        let settings = try folder.text(of: "postgresql.auto.conf")
        try folder.write(Array(settings.utf8), to: "lifeboat/postgresql.auto.conf.before")
        let server = programs.map {
            RecoveryServer(folder: folder, programs: $0, control: control, recovery: recovery)
        }
        try server?.prepare()
        // A server of ours reads nothing of the cluster's own settings.
        let kept = server == nil ? settings : ""
        try folder.write(
            Array(recovery.text(replacingIn: kept).utf8),
            to: "postgresql.auto.conf"
        )
        try folder.write([], to: "recovery.signal")
        try folder.write(try control.invalidatingCheckpoint(), to: "global/pg_control")
        try files.tablespaces.handOver()
        try folder.handOver()
        guard let server else { return try laidOut(files) }
        progress(.phase("recovery"))
        let run = RecoveryRun(
            server: server,
            base: base,
            log: log,
            state: request.state,
            isBeside: request.destination != nil
        )
        return try await finish(run, files, log, settings: settings)
    }

    /// Writes the log, and makes sure that its replay touches nothing outside the restore.
    private func layOut(
        _ path: TimelinePath,
        _ end: LSN,
        _ base: BaseRecord,
        _ files: ClusterFiles.Restored,
        _ control: ControlFile,
        _ begun: BegunPlaces
    ) async throws(Fault) -> LaidOutLog {
        progress(.phase("log"))
        let log = try await LogLayout(
            log: try await LogReader(request.vault, stream: request.stream),
            identities: request.identities,
            base: base,
            path: path,
            end: end,
            folder: files.folder
        ).write(progress: progress)
        try files.tablespaces.add(
            log.tablespaces,
            control,
            major: base.major,
            begun,
            in: request.isDelta ? DeltaPlace(path: plan.destination, base: base) : nil
        )
        try log.disarm(in: files.folder)
        return log
    }

    /// Recovers, and leaves the cluster as its next server expects it.
    private func finish(
        _ run: RecoveryRun,
        _ files: ClusterFiles.Restored,
        _ log: LaidOutLog,
        settings: String
    ) async throws(Fault) -> RestoreOutcome {
        let folder = files.folder
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
            lines: files.lines + result.lines + tablespaceLines(remaining, files) + cautions,
            problems: try damage + files.problems
                + files.empty.intersection(remaining.keys).sorted().map {
                    "tablespace \($0) is empty: the backup knows it and holds nothing of it"
                },
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

    /// What was damaged before it was backed up.
    private var damage: [String] {
        get throws(Fault) { [try BaseRecord(plan.snapshot).damage].compactMap(\.self) }
    }

    private func laidOut(_ files: ClusterFiles.Restored) throws(Fault) -> RestoreOutcome {
        RestoreOutcome(
            point: nil,
            lines: files.lines + [
                "laid out at \(plan.destination); start a server of the same major version on it: it replays the log and promotes itself"
            ],
            problems: try damage + files.problems
                + files.empty.sorted().map {
                    "tablespace \($0) is empty: the backup knows it and holds nothing of it"
                },
            bytes: plan.bytes
        )
    }

    private func planned() -> (TimelinePath, LSN, ReplayStop) {
        let (path, end) = TimelinePath.planned(plan)
        if let position = plan.facts["position"].flatMap({ LSN($0) }) {
            return (path, end, .position(position))
        }
        switch request.target {
        case .time(let moment): return (path, end, .time(moment))
        case .consistent: return (path, end, .consistent)
        case .latest, .lsn, .transaction, .mark: return (path, end, .end)
        }
    }
}
