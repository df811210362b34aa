public import Model
public import Protection
internal import StackConfiguration
internal import SystemIO
internal import Vault

/// Backs up the components of a stack, tied together by one id, and brings all copies up to date.
///
/// ```
/// components ──▶ first copy that is there ──▶ the other copies whose turn it is
/// ```
public struct StackBackup: Sendable {
    /// How many components are backed up at once: one reads while another waits for its server.
    static let width = 2

    private let stack: Stack
    private let readsEverything: Bool
    private let facts: [String: String]

    /// Prepares a backup.
    ///
    /// `readsEverything`: sources are read whole, also where something says what of them changed; what rots unread is found.
    public init(_ stack: Stack, readsEverything: Bool = false) {
        self.init(stack, readsEverything: readsEverything, facts: [:])
    }

    /// Prepares a backup whose snapshots record some facts besides their components' own.
    init(_ stack: Stack, readsEverything: Bool = false, facts: [String: String]) {
        self.stack = stack
        self.readsEverything = readsEverything
        self.facts = facts
    }

    /// Backs up some components, or all when none is named.
    ///
    /// A component's failure does not stop the others: it is in the summary, and nothing of that component is stored. A copy
    /// that cannot be written to stops nothing either, while there is another one: the backup goes there, and the summary says
    /// what each copy lacks.
    ///
    /// - Parameters:
    ///   - names: the components; all when empty.
    ///   - progress: gives each component, by name, who hears of its progress; so it does for `copy NAME`.
    /// - Returns: how each ended.
    /// - Throws: what concerns all components: `E-COMPONENT-UNKNOWN`, `E-RECIPIENTS`, `E-RECIPIENT-SHARED`, what opening the
    ///   first copy throws when none is there, what reading the host's keys throws.
    public func run(
        _ names: [String] = [],
        progress: @escaping @Sendable (String) -> ProgressReporter
    ) async throws(Fault) -> BackupSummary {
        let selection = try stack.selection(names)
        let found = try await stack.findCopies()
        // Some of what is gone comes back when a copy is told; that it was gone is told all the same.
        var hostFaults: [Fault] = []
        for fault in found.open.flatMap(\.vault.hostFaults)
        where !hostFaults.contains(where: { $0.message == fault.message }) {
            hostFaults.append(fault)
        }
        let takers = try await stack.takers(of: found)
        for taker in takers { try stack.requireEnrolledRecipients(taker.vault) }
        let keys = try stack.hostKeys()
        let state = try stack.workFolder()
        let set = Hexadecimal.encode(RandomBytes.make(8))
        let started = stack.clock.now()
        let streams = selection.map { stack.stream(of: $0.name) }
        await CatchUp(stack: stack, takers: takers, streams: streams).run(
            progress("copy \(takers[0].name)")
        )
        let facts = await ServiceFacts(stack).images().merging(self.facts) { $1 }
        let works = selection.map { configured in
            ComponentWriting(
                stack: stack,
                configured: configured,
                takers: takers,
                keys: keys,
                state: state,
                set: set,
                readsEverything: readsEverything,
                facts: facts,
                progress: progress(configured.name)
            )
        }
        let results = await works.concurrentlyMapped(width: Self.width) { await $0.run() }
        let update = CopyUpdate(
            stack: stack,
            copies: found,
            sources: takers.filter { taker in results.contains { $0.taker == taker.name } },
            isWhole: Set(results.compactMap(\.taker)).count == 1,
            snapshots: results.compactMap(\.ending.snapshot),
            started: started,
            progress: progress
        )
        let copies = results.contains { $0.taker != nil } ? await update.run() : []
        return BackupSummary(
            set: set,
            started: started,
            finished: stack.clock.now(),
            results: results.map(\.ending),
            copies: copies,
            hostFaults: hostFaults
        )
    }
}
