internal import Model
internal import PostgresWire
internal import Protection
internal import SystemIO
internal import Vault

/// Lays a cluster out at its destination, with its tablespaces and its log, for a server that somebody starts on it.
///
/// `global/pg_control` is written last and with an invalid checkpoint: before that no server starts on the folder, and
/// after it only one that reads `backup_label`. Only then do the folders belong to the account of the server.
struct ClusterLayout {
    let component: PostgresComponent
    let plan: RestorePlan
    let request: RestoreRequest
    let progress: ProgressReporter
    /// Whether the log goes where a standby looks for it.
    var isForStandby = false
    /// What looks for removals in the log that the server must not replay.
    var early: EarlyStop?

    /// A cluster that is there but for `pg_control`.
    struct Cluster {
        let base: BaseRecord
        let files: ClusterFiles.Restored
        let control: ControlFile
        let log: LaidOutLog

        /// The data directory.
        var folder: ClusterFolder { files.folder }

        /// Writes `pg_control`: all else is there.
        func complete() throws(Fault) {
            try folder.write(try control.invalidatingCheckpoint(), to: "global/pg_control")
        }

        /// Gives everything to the account of the server.
        func handOver() throws(Fault) {
            try files.tablespaces.handOver()
            try folder.handOver()
        }

        /// What was damaged before it was backed up, what could not be brought back, and what tablespaces lack, of some or of all.
        func problems(of tablespaces: Set<UInt32>? = nil) -> [String] {
            let empty = tablespaces.map { files.empty.intersection($0) } ?? files.empty
            return [base.damage].compactMap(\.self) + files.problems
                + empty.sorted().map {
                    "tablespace \($0) is empty: the backup knows it and holds nothing of it"
                }
        }
    }

    /// Lays the cluster out and lets `finish` do the rest; when a disk runs full, the places are empty again.
    ///
    /// - Throws: what ``ClusterFiles/restore(_:)`` throws, and what laying out the log and the closure throw.
    func run(
        _ finish: (Cluster) async throws(Fault) -> RestoreOutcome
    ) async throws(Fault) -> RestoreOutcome {
        let begun = BegunPlaces()
        do throws(Fault) { return try await finish(try await layOut(begun)) } catch {
            guard error.code == .diskFull else { throw error }
            // The first fault is the one to tell.
            try? begun.takeBack()
            throw error
        }
    }

    /// Writes files and log, and makes sure that replay touches nothing outside of the restore.
    private func layOut(_ begun: BegunPlaces) async throws(Fault) -> Cluster {
        let base = try BaseRecord(plan.snapshot)
        let files = try await ClusterFiles(
            plan: plan,
            request: request,
            account: try component.serverAccount(for: plan.snapshot),
            progress: progress
        ).restore(begun)
        let control = try ControlFile(parsing: files.control)
        let (path, end) = TimelinePath.planned(plan)
        progress(.phase("log"))
        var layout = LogLayout(
            log: try await LogReader(request.vault, stream: request.stream),
            identities: request.identities,
            base: base,
            path: path,
            end: end,
            folder: files.folder
        )
        layout.isForStandby = isForStandby
        layout.early = early
        let log = try await layout.write(progress: progress)
        try files.tablespaces.add(
            log.tablespaces,
            control,
            major: base.major,
            begun,
            in: request.isDelta ? DeltaPlace(path: plan.destination, base: base) : nil
        )
        try log.disarm(in: files.folder)
        return Cluster(base: base, files: files, control: control, log: log)
    }
}
