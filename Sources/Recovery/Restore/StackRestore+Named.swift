internal import Model
internal import Protection
internal import StackConfiguration
internal import Vault

extension StackRestore {
    /// Plans to bring back one snapshot that a person named, whoever signed it.
    ///
    /// - Throws: `E-SNAPSHOT-ALONE` when more is asked for than one snapshot can give, `E-VALUE`, `E-SNAPSHOT-NONE`,
    ///   `E-COMPONENT-UNKNOWN` when it is of no component that was asked for, and as ``plan()``.
    func plan(named name: String) async throws(Fault) -> StackRestorePlan {
        let selection = try selection(forSnapshot: name)
        let copies = try await stack.copiesToRead(options.copy, expecting: options.vault)
        let (configured, snapshot) = try await find(name, of: selection, in: copies)
        let id = snapshot.id
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
            services: try await servicePlan([step]),
            thing: try options.thing?.text()
        )
    }

    /// The component whose snapshot can be meant.
    ///
    /// - Throws: `E-SNAPSHOT-ALONE`, `E-COMPONENT-UNKNOWN`, `E-VALUE`.
    func selection(forSnapshot name: String) throws(Fault) -> [ComponentConfiguration] {
        let selected = try stack.selection(options.components)
        if let redis = options.redis { try requireRedis(selected, for: redis) }
        let selection = options.thing == nil ? selected : [try onlyCluster(selected)]
        if options.bringsHistory { try requireHistory(selection) }
        if options.standby == nil { try refuseRenewal(selection) }
        try refuseMore(thanSnapshot: name, selection)
        return selection
    }

    /// The snapshot that a person named, and the component that it is of.
    ///
    /// - Throws: `E-VALUE`, `E-SNAPSHOT-NONE`, `E-COMPONENT-UNKNOWN`, and what reading the heads throws.
    func find(
        _ name: String,
        of selection: [ComponentConfiguration],
        in copies: UnitedCopies
    ) async throws(Fault) -> (ComponentConfiguration, Snapshot) {
        let host = stack.configuration.host
        let id = try await stack.snapshot(named: name, of: host, in: copies.vault)
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
        return (configured, snapshot)
    }

    /// Refuses what would be left out in silence: other components, and flags that say where between snapshots to stop.
    private func refuseMore(
        thanSnapshot name: String,
        _ selection: [ComponentConfiguration]
    ) throws(Fault) {
        let fact: String
        if selection.count > 1 {
            let names = selection.map(\.name).joined(separator: ", ")
            fact = "a snapshot is of one component, not of \(names)"
        } else if options.isExclusive || options.timeline != nil {
            let flag = options.isExclusive ? "--exclusive" : "--timeline"
            fact = "a snapshot is one point, and \(flag) is about the log behind it"
        } else {
            return
        }
        let stack = stack.configuration.stack
        let before = name.contains("@") ? String(name.prefix { $0 != "@" }) : "COMPONENT"
        let component = SnapshotID(name)?.stream.component ?? before
        throw Fault(
            .snapshotAlone,
            "unable to restore '\(name)': \(fact)",
            hints: ["Ask for it alone: lifeboat restore \(stack)/\(component) --at \(name)"]
        )
    }
}
