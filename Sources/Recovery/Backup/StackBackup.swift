public import Model
public import Protection
internal import StackConfiguration
internal import SystemIO
internal import Vault

/// Backs up the components of a stack, tied together by one id.
public struct StackBackup: Sendable {
    /// How many components are backed up at once: one reads while another waits for its server.
    static let width = 2

    private let stack: Stack

    /// Prepares a backup.
    public init(_ stack: Stack) { self.stack = stack }

    /// Backs up some components, or all when none is named.
    ///
    /// A component's failure does not stop the others: it is in the summary, and nothing of that
    /// component is stored.
    ///
    /// - Parameters:
    ///   - names: the components; all when empty.
    ///   - progress: gives each component, by name, who hears of its progress.
    /// - Returns: how each ended.
    /// - Throws: what concerns all components: `E-COMPONENT-UNKNOWN`, `E-RECIPIENTS`, what opening the
    ///   vault and reading the host's keys throw.
    public func run(
        _ names: [String] = [],
        progress: @Sendable (String) -> ProgressReporter
    ) async throws(Fault) -> BackupSummary {
        let selection = try stack.selection(names)
        let vault = try await stack.openVault()
        try stack.requireEnrolledRecipients(vault)
        let keys = try stack.hostKeys()
        let set = Hexadecimal.encode(RandomBytes.make(8))
        let started = stack.clock.now()
        var works: [Work] = []
        for configured in selection {
            works.append(
                Work(
                    configured: configured,
                    context: try stack.context(
                        of: configured.name,
                        vault: vault,
                        keys: keys,
                        progress: progress(configured.name)
                    )
                )
            )
        }
        let results = await works.concurrentlyMapped(width: Self.width) { work in
            await backUp(work, set: set)
        }
        return BackupSummary(
            set: set,
            started: started,
            finished: stack.clock.now(),
            results: results
        )
    }

    private struct Work: Sendable {
        let configured: ComponentConfiguration
        let context: BackupContext
    }

    private func backUp(_ work: Work, set: String) async -> ComponentBackup {
        await ComponentBackup.of(work.configured.name, work.configured.kind, to: "back up") {
            findings async throws(Fault) in
            let component = try await stack.component(work.configured)
            return try await snapshot(of: component, work.context, set, &findings)
        }
    }

    /// Backs up one component into the vault.
    ///
    /// That the vault has lost a snapshot which this host remembers is a finding and stops nothing.
    private func snapshot(
        of component: any Component,
        _ context: BackupContext,
        _ set: String,
        _ findings: inout [Fault]
    ) async throws(Fault) -> Snapshot {
        var request = BackupRequest(
            stream: context.stream,
            kind: component.kind,
            set: set,
            state: context.state,
            clock: context.clock
        )
        let memory = HeadMemory(stack, context.vault)
        do throws(Fault) {
            if let known = try memory.newest(of: context.stream) {
                request.above = known.seq
                if try await context.vault.hasLost(known) { findings.append(.rolledBack(known)) }
            }
        } catch  where error.code == .memoryDamaged { findings.append(error) }
        var refused: [Fault] = []
        let snapshot = try await context.vault.backUp(request, keys: context.keys) {
            session async throws(Fault) in
            refused = session.refused
            return try await component.backUp(into: session, context)
        }
        findings += refused
        do throws(Fault) {
            try memory.keep(snapshot.id)
        } catch { findings.append(error) }
        return snapshot
    }
}
