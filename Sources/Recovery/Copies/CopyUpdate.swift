internal import Model
internal import Protection
internal import StackConfiguration
internal import Vault

/// Brings the copies up to date after a backup, each from those that the backup was written to.
struct CopyUpdate {
    /// How many copies are brought up to date at once.
    static let width = 2

    let stack: Stack
    /// The copies as they were found.
    let copies: CopySet
    /// Those that some component was written to.
    let sources: [OpenCopy]
    /// Whether all components were written to one copy.
    let isWhole: Bool
    /// The snapshots that were taken.
    let snapshots: [SnapshotID]
    /// When the backup began.
    let started: Instant
    let progress: @Sendable (String) -> ProgressReporter

    /// Updates every copy whose turn it is; that one fails stops no other.
    func run() async -> [BackedUpCopy] {
        await stack.configuration.copies.concurrentlyMapped(width: Self.width) { copy in
            BackedUpCopy(configuration: copy, outcome: await outcome(copy))
        }
    }

    private func outcome(_ copy: CopyConfiguration) async -> BackedUpCopy.Outcome {
        guard let vault = sources.first?.vault.id else { return .waits(until: started) }
        let memory = CopyMemory(stack, copy, vault: vault)
        if let every = copy.every, let last = memory.last {
            // A tenth early: a daily backup that begins a minute sooner than yesterday must not skip a day.
            let next = last + every - every / 10
            if next > started { return .waits(until: next) }
        }
        if isWhole, sources.contains(where: { $0.name == copy.name }) {
            try? memory.keep(started)
            return .written
        }
        guard let target = copies.open.first(where: { $0.name == copy.name }) else {
            return .behind(
                copies.absent.first { $0.name == copy.name }?.fault
                    ?? lacks(copy, "it was not found")
            )
        }
        let outcome = await update(target)
        if case .updated = outcome {
            try? memory.keep(started)
            // So that a later loss there is noticed.
            let heads = HeadMemory(stack, target.vault)
            for id in snapshots { try? heads.saw(id) }
        }
        return outcome
    }

    private func update(_ target: OpenCopy) async -> BackedUpCopy.Outcome {
        let reporter = progress("copy \(target.name)")
        reporter(.phase("copying"))
        var last = ReplicationReport()
        for source in sources where source.name != target.name {
            var bytes: Int64 = 0
            let report = await Replication(
                from: source.vault,
                to: target.vault,
                choice: stack.choice(of: target.configuration)
            ).run { report in
                reporter(.advanced(Int64(report.bytes.bytes) - bytes))
                bytes = Int64(report.bytes.bytes)
            }
            if let fault = report.fault { return .behind(fault) }
            if let finding = report.damage.first ?? report.waiting.first {
                let isDamage = !report.damage.isEmpty
                return .behind(
                    lacks(target.configuration, finding.fact, isDamage ? .copyDamage : .copyBehind)
                )
            }
            last = report
        }
        return .updated(last)
    }

    private func lacks(
        _ copy: CopyConfiguration,
        _ fact: String,
        _ code: Fault.Code = .copyBehind
    ) -> Fault {
        Fault(
            code,
            "unable to bring copy '\(copy.name)' up to date: \(fact)",
            hints: code == .copyDamage ? ["Mend what is damaged: lifeboat check --repair"] : []
        )
    }
}
