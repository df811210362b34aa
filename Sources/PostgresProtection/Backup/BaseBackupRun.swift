internal import Model
internal import PostgresWire
internal import Protection
internal import Vault

/// One base backup, from the slot to the proof that its log is stored.
///
/// ```
/// slot (reserves the log) ─▶ plan ─▶ files ─▶ heartbeat ─▶ log up to the stop position is in the vault ─▶ draft
/// ```
struct BaseBackupRun {
    let settings: PostgresSettings
    let context: BackupContext

    /// Takes the backup.
    ///
    /// - Throws: what ``PostgresComponent/backUp(into:_:)`` says.
    func run(into session: BackupSession) async throws(Fault) -> BackupDraft {
        let server = try ServerProfile(settings)
        try refuseForeign(server, session)
        let slot = try BackupSlot(settings, context: context)
        defer { slot.release() }
        return try await run(into: session, server: server, slot: slot.log)
    }

    /// Another cluster has a component of its own; no slot is made on it.
    private func refuseForeign(_ server: ServerProfile, _ session: BackupSession) throws(Fault) {
        guard let previous = session.previous?.head.facts["system_id"],
            previous != server.systemID
        else { return }
        throw Fault(
            .foreignCluster,
            "unable to back up '\(context.stream.component)': the server is cluster \(server.systemID),"
                + " the vault holds \(previous)",
            hints: [
                "Give the new cluster a component name of its own; the old one stays restorable."
            ]
        )
    }

    private func run(
        into session: BackupSession,
        server: ServerProfile,
        slot: LogSlot
    ) async throws(Fault) -> BackupDraft {
        let planner = ReadingPlanner(
            session,
            settings: settings,
            context: context,
            server: server,
            slot: slot
        )
        let way = try await way(server, planner)
        tell(way)
        let (copy, read) = try await copyFiles(into: session, server: server, way, planner)
        context.progress(.phase("log"))
        let guarantee = LogGuarantee(settings: settings, context: context, slot: slot)
        let proof = try await guarantee.prove(copy)
        var facts = server.facts
        facts["timeline"] = String(copy.timeline)
        facts["start_lsn"] = copy.start.description
        facts["stop_lsn"] = copy.stop.description
        facts["consistent_time"] = proof.consistent.codingText
        facts["method"] = way.method.rawValue
        facts.merge(read) { $1 }
        let damage = DamageReport(copy.damage, settings)
        facts.merge(damage.facts) { $1 }
        for line in damage.lines { context.progress(.note("wrong checksum in \(line)")) }
        return BackupDraft(time: proof.consistent, facts: facts, problems: damage.pages)
    }

    /// The fastest way that is open: SQL connections are where they need to read little.
    private func way(
        _ server: ServerProfile,
        _ planner: ReadingPlanner
    ) async throws(Fault) -> ReadingWay {
        let way = try ReadingWay(settings, server: server)
        guard case .replication = way.way else { return way }
        if settings.method == .auto, let ranges = way.readingRanges(server),
            try await planner.favoursRanges()
        {
            return ranges
        }
        planner.planWholeFiles()
        return way
    }

    /// Says how the files are read, and why not directly where somebody can change that.
    private func tell(_ way: ReadingWay) {
        context.progress(.phase(way.text(connections: settings.connections)))
        guard let fault = way.obstacle else { return }
        let hint = fault.hints.first.map { "; \($0)" } ?? ""
        context.progress(.note("files are not read directly: \(fault.message)\(hint)"))
    }

    private func copyFiles(
        into session: BackupSession,
        server: ServerProfile,
        _ way: ReadingWay,
        _ planner: ReadingPlanner
    ) async throws(Fault) -> (copy: CopiedCluster, read: [String: String]) {
        let label = "lifeboat \(context.stream) \(context.clock.now())"
        let sessions = SessionCount(settings)
        defer { sessions.close() }
        let pace = ReadingPace(
            limit: settings.limit,
            bounds: settings.busy,
            progress: context.progress,
            count: { () throws(Fault) in try sessions.now() }
        )
        let intake = ClusterIntake(
            session,
            context: context,
            hasChecksums: server.hasChecksums,
            pace: pace
        )
        let copied: CopiedCluster
        switch way.way {
        case .direct(let directory):
            let copy = DirectCopy(settings: settings, server: server, directory: directory)
            copied = try await copy.run(into: intake, label: label, planner)
        case .sql:
            let copy = RemoteCopy(settings: settings, server: server)
            copied = try await copy.run(into: intake, label: label, planner)
        case .replication:
            let copy = ReplicationCopy(settings: settings, server: server)
            copied = try await copy.run(into: intake, label: label)
        }
        return (copied, planner.facts(read: intake.readBytes, kept: intake.keptBytes))
    }
}
