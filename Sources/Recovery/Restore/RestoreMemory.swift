internal import Model
internal import Protection
internal import Sealing
internal import StackConfiguration
internal import Vault

/// Which snapshots a restore brought back whole, the proof that they can be: retention never gives up the last of them.
///
/// Each copy is told, in a document that the host signs.
struct RestoreMemory {
    /// What is known of one component.
    struct Proof: Sendable {
        /// The snapshot.
        let snapshot: SnapshotID
        /// When it came back.
        let time: Instant
    }

    /// How many documents are looked at for a component that was never restored.
    private static let patience = 100

    private let stack: Stack

    init(_ stack: Stack) { self.stack = stack }

    /// Tells the copies what a restore brought back whole.
    ///
    /// A host without keys of its own, or whose keys do not count, tells nobody.
    ///
    /// - Returns: which copies could not be told, and why, each a line.
    func remember(
        _ results: [ComponentRestore],
        of plan: StackRestorePlan,
        _ options: RestoreOptions,
        took duration: Duration
    ) async -> [String] {
        guard !plan.isRevoked, let keys = try? stack.hostKeys() else { return [] }
        let proof = RestoreProof(
            stack: stack.configuration.stack,
            environment: stack.configuration.environment,
            components: zip(plan.steps, results).filter { Self.isProof($1, options) }.map {
                RestoreProof.Component(
                    component: $0.0.name,
                    snapshot: $0.0.plan.snapshot.id.description
                )
            },
            seconds: duration.components.seconds
        )
        guard !proof.components.isEmpty else { return [] }
        var lines: [String] = []
        for copy in plan.copies.copies
        where copy.vault.enrolment(of: keys.host)?.key == keys.signing.verifyKey
            && !copy.vault.isRevoked(keys.signing.verifyKey, host: keys.host)
        {
            do throws(Fault) {
                let now = stack.clock.now()
                try await copy.vault.publish(proof, in: .reports, keys: keys, at: now)
            } catch {
                lines.append("copy \(copy.name) does not know of this restore: \(error.message)")
            }
        }
        return lines
    }

    /// A log that was not replayed and secrets that were not opened prove nothing.
    private static func isProof(_ result: ComponentRestore, _ options: RestoreOptions) -> Bool {
        guard result.fault == nil, result.outcome?.problems.isEmpty == true else { return false }
        return switch result.kind {
        case .postgresql: options.recovers
        case .secrets: !options.keepsSealed
        case .redis: options.redis?.hasSelection != true
        case .files: true
        }
    }

    /// The last proof of each of some streams, as far as a vault knows; what is from the future was dated by a wrong clock.
    ///
    /// One listing, and one read for each document until every stream has been met.
    ///
    /// - Throws: what the store throws.
    func last(
        of streams: some Collection<StreamName>,
        in vault: Vault
    ) async throws(Fault) -> [StreamName: Proof] {
        let now = stack.clock.now()
        var missing = Set(streams)
        var proofs: [StreamName: Proof] = [:]
        var seen = 0
        _ = try await vault.newestDocuments(
            of: .reports,
            as: RestoreProof.self,
            while: { _ in !missing.isEmpty && seen < Self.patience }
        ) { document in
            seen += 1
            guard document.time <= now else { return }
            for component in document.content.components {
                guard let id = SnapshotID(component.snapshot), missing.remove(id.stream) != nil
                else { continue }
                proofs[id.stream] = Proof(snapshot: id, time: document.time)
            }
        }
        return proofs
    }
}
