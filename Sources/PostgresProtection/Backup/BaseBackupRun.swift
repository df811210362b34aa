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

    func run(into session: Vault.BackupSession) async throws(Fault) -> BackupDraft {
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
}
