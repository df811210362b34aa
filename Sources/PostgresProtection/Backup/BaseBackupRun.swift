internal import Model
internal import PostgresWire
internal import Protection
internal import Vault

/// One base backup, from the slot to the proof that its log is stored.
///
/// ```
/// slot (reserves the log) ─▶ files ─▶ heartbeat ─▶ log up to the stop position is in the vault ─▶ draft
/// ```
struct BaseBackupRun {
    let settings: PostgresSettings
    let context: BackupContext

    /// Takes the backup.
    ///
    /// - Throws: what ``PostgresComponent/backUp(into:_:)`` says.
    func run(into session: BackupSession) async throws(Fault) -> BackupDraft {
        let slot = try BackupSlot(settings, context: context)
        do throws(Fault) {
            let draft = try await run(into: session, slot: slot)
            try slot.release()
            return draft
        } catch {
            try? slot.release()
            throw error
        }
    }

    private func run(
        into session: BackupSession,
        slot: BackupSlot
    ) async throws(Fault) -> BackupDraft {
        let server = try ServerProfile(settings)
        if let previous = session.previous?.head.facts["system_id"], previous != server.systemID {
            throw Fault(
                .foreignCluster,
                "unable to back up '\(context.stream.component)': the server is cluster \(server.systemID),"
                    + " the vault holds \(previous)",
                hints: [
                    "Give the new cluster a component name of its own; the old one stays restorable."
                ]
            )
        }
        let copy = try await copyFiles(into: session, server: server)
        context.progress(.phase("log"))
        let guarantee = LogGuarantee(settings: settings, context: context, slot: slot.name)
        let proof = try await guarantee.prove(copy)
        var facts = server.facts
        facts["timeline"] = String(copy.timeline)
        facts["start_lsn"] = copy.start.description
        facts["stop_lsn"] = copy.stop.description
        facts["consistent_time"] = proof.consistent.codingText
        facts["method"] = copy.method
        facts["damaged_pages"] = String(copy.damagedPages.count)
        facts["suspect_pages"] = String(copy.suspectPages.count)
        for page in copy.damagedPages.prefix(20) { context.progress(.note(page)) }
        for page in copy.suspectPages.prefix(20) {
            context.progress(.note("\(page), or was being written; look with pg_amcheck"))
        }
        return BackupDraft(time: proof.consistent, facts: facts, problems: copy.damagedPages.count)
    }

    private func copyFiles(
        into session: BackupSession,
        server: ServerProfile
    ) async throws(Fault) -> CopiedCluster {
        let label = "lifeboat \(context.stream) \(context.clock.now())"
        switch settings.method {
        case .replication: break
        case .direct:
            return try await DirectCopy(settings, context: context, server: server)
                .run(into: session, label: label)
        case .auto:
            if let direct = try? DirectCopy(settings, context: context, server: server) {
                return try await direct.run(into: session, label: label)
            }
        }
        return try await ReplicationCopy(settings: settings, context: context, server: server)
            .run(into: session, label: label)
    }
}
