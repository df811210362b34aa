internal import Model
internal import PostgresWire
internal import Protection
internal import SystemIO
internal import SystemPackage
internal import Vault

/// Builds a standby.
///
/// As in every restore `global/pg_control` is written last and with an invalid checkpoint: before that no server starts on
/// the folder, and after it only one that reads `backup_label` and has all that makes it a standby.
struct StandbyRun {
    let component: PostgresComponent
    let primary: PrimaryAddress
    let plan: RestorePlan
    let request: RestoreRequest
    let progress: ProgressReporter

    /// The file with the password, in the data directory.
    private static let passfile = "standby.pgpass"

    func run() async throws(Fault) -> RestoreOutcome {
        guard plan.facts[StandbyPlanner.reachable] != nil else { return try await fill(slot: nil) }
        // From here on the primary keeps what the vault does not have yet.
        let slot = try PrimarySlot(primary, clock: request.clock)
        do throws(Fault) {
            let (path, end) = TimelinePath.planned(plan)
            let size = try BaseRecord(plan.snapshot).segmentSize.bytes
            try slot.requireLog(
                from: LSN(end.value / size * size),
                timeline: path.last
            )
            return try await fill(slot: primary.slot)
        } catch {
            do throws(Fault) { try slot.release() } catch let other {
                throw error.adding(
                    hint:
                        "The slot could not be dropped (\(other.message)): SELECT pg_drop_replication_slot('\(primary.slot)')"
                )
            }
            throw error
        }
    }

    private func fill(slot: String?) async throws(Fault) -> RestoreOutcome {
        let begun = BegunPlaces()
        do throws(Fault) { return try await fill(begun, slot: slot) } catch {
            guard error.code == .diskFull else { throw error }
            // The first fault is the one to tell.
            try? begun.takeBack()
            throw error
        }
    }

    private func fill(_ begun: BegunPlaces, slot: String?) async throws(Fault) -> RestoreOutcome {
        let base = try BaseRecord(plan.snapshot)
        let files = try await ClusterFiles(
            plan: plan,
            request: request,
            account: try component.serverAccount(),
            progress: progress
        ).restore(begun)
        let folder = files.folder
        let control = try ControlFile(parsing: files.control)
        let (path, end) = TimelinePath.planned(plan)
        progress(.phase("log"))
        var layout = LogLayout(
            log: try await LogReader(request.vault, stream: request.stream),
            identities: request.identities,
            base: base,
            path: path,
            end: end,
            folder: folder
        )
        layout.isForStandby = true
        let log = try await layout.write(progress: progress)
        try files.tablespaces.add(
            log.tablespaces,
            control,
            major: base.major,
            begun,
            in: request.isDelta ? DeltaPlace(path: plan.destination, base: base) : nil
        )
        try log.disarm(in: folder)
        if let text = primary.passfile {
            try folder.write(Array(text.utf8), to: Self.passfile)
        }
        let place = try FileSystem.resolved(plan.destination).appending(Self.passfile)
        let settings = StandbySettings(
            conninfo: primary.conninfo(passfile: place.string),
            slot: slot
        )
        let present = try folder.text(of: "postgresql.auto.conf")
        try folder.write(
            Array(settings.text(replacingIn: present).utf8),
            to: "postgresql.auto.conf"
        )
        try folder.write([], to: "standby.signal")
        try folder.write(try control.invalidatingCheckpoint(), to: "global/pg_control")
        try folder.remove("lifeboat")
        try files.tablespaces.handOver()
        try folder.handOver()
        return RestoreOutcome(
            point: nil,
            lines: files.lines + (try lines(folder, slot: slot)),
            problems: [base.damage].compactMap(\.self) + files.problems
                + files.empty.sorted().map {
                    "tablespace \($0) is empty: the backup knows it and holds nothing of it"
                },
            bytes: plan.bytes
        )
    }

    private func lines(_ folder: ClusterFolder, slot: String?) throws(Fault) -> [String] {
        var lines = [
            "laid out at \(plan.destination); start a server of the same major version on it: it replays the log and follows its primary"
        ]
        if slot == nil {
            lines.append(
                "no slot keeps the primary's log for it; on the primary: SELECT pg_create_physical_replication_slot('\(primary.slot)', true);"
                    + " on the standby: ALTER SYSTEM SET primary_slot_name = '\(primary.slot)'"
            )
        }
        if try !folder.contains("postgresql.conf") {
            lines.append("it has no postgresql.conf: its configuration is kept elsewhere")
        }
        return lines
    }
}
