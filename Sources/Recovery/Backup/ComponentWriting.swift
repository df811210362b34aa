internal import Model
internal import ObjectStorage
internal import PostgresProtection
internal import Protection
internal import StackConfiguration
internal import SystemPackage
internal import Vault

/// The backup of one component, to the first copy that takes it.
struct ComponentWriting: Sendable {
    let stack: Stack
    let configured: ComponentConfiguration
    /// The copies that it may go to, the first one first.
    let takers: [OpenCopy]
    let keys: HostKeys
    let state: FilePath
    let set: String
    let readsEverything: Bool
    /// What of the stack is recorded with it.
    let facts: [String: String]
    let progress: ProgressReporter

    private var stream: StreamName { stack.stream(of: configured.name) }

    /// Backs it up; tells the copy that holds the snapshot.
    func run() async -> (ending: ComponentBackup, taker: String?) {
        var written: String?
        let ending = await ComponentBackup.of(configured.name, configured.kind, to: "back up") {
            findings async throws(Fault) in
            let component = try await stack.component(configured)
            for taker in takers.dropLast() {
                do throws(Fault) {
                    let snapshot = try await snapshot(of: component, in: taker, &findings)
                    written = taker.name
                    return snapshot
                } catch  where Self.isOfCopy(error) {
                    progress(
                        .note(
                            "copy '\(taker.name)' does not take it, the next one may: \(error.message)"
                        )
                    )
                }
            }
            guard let last = takers.last else { preconditionFailure("a copy is there") }
            let snapshot = try await snapshot(of: component, in: last, &findings)
            written = last.name
            return snapshot
        }
        return (ending, written)
    }

    /// Whether another copy may take what this one did not.
    private static func isOfCopy(_ fault: Fault) -> Bool {
        fault.code.exit == .copyUnreachable || fault.code.exit == .noVault
            || fault.code == .logMissing
    }

    /// Backs up into one copy.
    ///
    /// That the copy has lost a snapshot which this host remembers is a finding and stops nothing.
    private func snapshot(
        of component: any Component,
        in taker: OpenCopy,
        _ findings: inout [Fault]
    ) async throws(Fault) -> Snapshot {
        let vault = taker.vault
        var request = BackupRequest(
            stream: stream,
            kind: component.kind,
            set: set,
            state: state,
            clock: stack.clock
        )
        let memory = HeadMemory(stack, vault)
        do throws(Fault) {
            if let known = try memory.newest(of: stream) {
                request.above = known.seq
                if try await vault.hasLost(known) { findings.append(.rolledBack(known)) }
            }
        } catch  where error.code == .memoryDamaged { findings.append(error) }
        request.above = max(request.above, await highestElsewhere(than: taker))
        let context = try stack.context(
            of: configured.name,
            vault: vault,
            log: stack.logCopies(of: configured, first: taker.configuration, vault: vault.id),
            keys: keys,
            readsEverything: readsEverything,
            progress: progress
        )
        let recorded = facts.merging(await ServiceFacts.migration(configured, progress)) { $1 }
        var refused: [Fault] = []
        let snapshot = try await vault.backUp(request, keys: keys) {
            session async throws(Fault) in
            var draft = try await component.backUp(into: session, context)
            draft.facts.merge(recorded) { own, _ in own }
            refused = session.refused + draft.findings
            return draft
        }
        findings += refused
        do throws(Fault) {
            try memory.keep(snapshot.id)
        } catch { findings.append(error) }
        return snapshot
    }

    /// The highest number that this host remembers of other copies, so that one that is away holds no snapshot of the same
    /// number when it comes back.
    private func highestElsewhere(than taker: OpenCopy) async -> UInt64 {
        var highest: UInt64 = 0
        for copy in stack.configuration.copies where copy.name != taker.name {
            guard let store = try? await stack.opening.store(of: copy) else { continue }
            let memory = HeadMemory(stack, vault: taker.vault.id, address: store.address)
            highest = max(highest, (try? memory.newest(of: stream))?.seq ?? 0)
        }
        return highest
    }
}
