public import Model
public import Vault

/// One protected thing of a stack, ready to be backed up and restored.
///
/// It is where one kind of source meets the vault. It holds its own configuration and nothing of the stack's.
public protocol Component: Sendable {
    /// Its name in the configuration, a label.
    var name: String { get }

    /// What kind of thing it is.
    var kind: ComponentKind { get }

    /// Puts the component as it is now into a session; the caller commits it.
    ///
    /// After failure the caller gives the session up: nothing of it exists in the vault.
    ///
    /// - Throws: `E-…` of the source (exit code 14 when it cannot be reached), and what the session throws.
    func backUp(
        into session: BackupSession,
        _ context: BackupContext
    ) async throws(Fault) -> BackupDraft

    /// Finds out what a restore would do, and refuses what cannot be done. Changes nothing.
    ///
    /// - Throws: with exit code 15 when the request is refused; `E-SNAPSHOT-NONE`; what reading the vault throws.
    func planRestore(_ request: RestoreRequest) async throws(Fault) -> RestorePlan

    /// Does what a plan says.
    ///
    /// After failure the destination holds a part of it, never something that looks whole: what a server needs to start
    /// is written last.
    ///
    /// - Throws: with exit code 5 when stored data is damaged, and what reading the vault and writing throw.
    func restore(
        _ plan: RestorePlan,
        _ request: RestoreRequest,
        progress: ProgressReporter
    ) async throws(Fault) -> RestoreOutcome
}
