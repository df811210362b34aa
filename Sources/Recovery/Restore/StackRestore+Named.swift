internal import Model
internal import Protection
internal import StackConfiguration
internal import Vault

extension StackRestore {
    /// Plans to bring back one snapshot that a person named, whoever signed it.
    ///
    /// - Throws: `E-VALUE`, `E-SNAPSHOT-NONE`, `E-COMPONENT-UNKNOWN` when it is of no component that was asked for, and as
    ///   ``plan()``.
    func plan(named name: String) async throws(Fault) -> StackRestorePlan {
        let copies = try await stack.copiesToRead(options.copy, expecting: options.vault)
        let host = stack.configuration.host
        let id = try await stack.snapshot(named: name, of: host, in: copies.vault)
        let selected = try stack.selection(options.components)
        let selection = options.thing == nil ? selected : [try onlyCluster(selected)]
        guard let configured = selection.first(where: { stack.stream(of: $0.name) == id.stream })
        else {
            throw Fault(
                .componentUnknown,
                "unable to restore '\(name)': it is no snapshot of \(selection.map(\.name).joined(separator: ", "))"
            )
        }
        let list = try await copies.vault.acceptingRevoked.snapshots(of: id.stream)
        guard let snapshot = list.snapshots.first(where: { $0.id == id }) else {
            throw list.refused.first
                ?? Fault(
                    .noSnapshot,
                    "unable to restore '\(name)': there is no such snapshot",
                    hints: ["See what is there with `lifeboat ls`."]
                )
        }
        let trusted = try await copies.vault.snapshots(of: id.stream).snapshots
        let isRevoked = !trusted.contains { $0.id == id }
        let target: RecoveryTarget =
            configured.kind == .postgresql ? .consistent : .time(snapshot.head.time)
        let step = try await step(
            configured,
            copies,
            target,
            only: id,
            vault: isRevoked ? copies.vault.acceptingRevoked : copies.vault,
            isAlone: true
        )
        let best = try await copies.preferring(completeFor: [step])
        return StackRestorePlan(
            copies: best,
            target: target,
            moment: nil,
            steps: [step.reading(best.vault)],
            snapshot: id,
            isRevoked: isRevoked,
            thing: try options.thing?.text()
        )
    }
}
