internal import Model
internal import PostgresWire
internal import Protection
internal import SystemIO
internal import SystemPackage
internal import Vault

/// Builds a standby: lays the cluster out, with what makes it follow its primary.
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
        var layout = ClusterLayout(
            component: component,
            plan: plan,
            request: request,
            progress: progress
        )
        layout.isForStandby = true
        return try await layout.run { cluster async throws(Fault) in
            try finish(cluster, slot: slot)
        }
    }

    /// Makes a standby of it.
    private func finish(
        _ cluster: ClusterLayout.Cluster,
        slot: String?
    ) throws(Fault) -> RestoreOutcome {
        let folder = cluster.folder
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
        try cluster.complete()
        // Only now: until then it says whose folder this is, should it be continued.
        try folder.remove("lifeboat")
        try cluster.handOver()
        return RestoreOutcome(
            point: nil,
            lines: cluster.files.lines + (try lines(folder, slot: slot)),
            problems: cluster.problems(),
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
