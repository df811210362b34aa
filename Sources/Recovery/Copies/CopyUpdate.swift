internal import Model
internal import Protection
internal import StackConfiguration
internal import Vault

/// Brings the copies up to date after a backup, each from those that the backup was written to.
struct CopyUpdate {
    /// How many copies are brought up to date at once.
    static let width = 2
    /// The sizes for one of them: as many packs are in memory as while a backup runs.
    private static let options: ReplicationOptions = {
        var options = ReplicationOptions()
        options.width = 2
        return options
    }()

    let stack: Stack
    /// The copies as they were found.
    let copies: CopySet
    /// Those that some component was written to.
    let sources: [OpenCopy]
    /// Whether all components were written to one copy.
    let isWhole: Bool
    /// The snapshots that were taken.
    let snapshots: [Snapshot]
    /// When the backup began.
    let started: Instant
    let progress: @Sendable (String) -> ProgressReporter

    /// Updates every copy whose turn it is; that one fails stops no other.
    func run() async -> [BackedUpCopy] {
        await stack.configuration.copies.concurrentlyMapped(width: Self.width) { copy in
            let outcome = await outcome(copy)
            await renewWayOut(of: copy, outcome)
            return BackedUpCopy(
                configuration: copy,
                outcome: outcome,
                lockFault: await lockFault(copy, outcome)
            )
        }
    }

    /// Gives a copy this release's way out; a failure costs a backup nothing, and is told.
    private func renewWayOut(of copy: CopyConfiguration, _ outcome: BackedUpCopy.Outcome) async {
        switch outcome {
        case .written, .updated: break
        case .waits, .behind: return
        }
        guard let vault = copies.open.first(where: { $0.name == copy.name })?.vault,
            let fault = await WayOutMemory(stack, copy, vault).renew()
        else { return }
        progress("copy \(copy.name)")(.note("its way out is not this release's: \(fault.message)"))
    }

    /// Prolongs the locks of what the new snapshots need in a copy that they were written to; tells why that failed, here or
    /// while it was brought up to date.
    private func lockFault(_ copy: CopyConfiguration, _ outcome: BackedUpCopy.Outcome) async
        -> Fault?
    {
        switch outcome {
        case .updated(let report): return report.lockFault
        case .waits, .behind: return nil
        case .written: break
        }
        guard let vault = copies.open.first(where: { $0.name == copy.name })?.vault else {
            return nil
        }
        do throws(Fault) {
            _ = try await stack.locks(of: copy, vault)?.keep(snapshots)
            return nil
        } catch { return error }
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
            for snapshot in snapshots {
                guard let damage = try? heads.saw(snapshot.id) else { continue }
                progress("copy \(copy.name)")(.note(damage.message))
            }
        }
        return outcome
    }

    private func update(_ target: OpenCopy) async -> BackedUpCopy.Outcome {
        let reporter = progress("copy \(target.name)")
        reporter(.phase("copying"))
        var last = ReplicationReport()
        let locks: LockKeeper?
        do throws(Fault) {
            locks = try stack.locks(of: target.configuration, target.vault)
        } catch { return .behind(error) }
        for source in sources where source.name != target.name {
            var bytes: Int64 = 0
            let report = await Replication(
                from: source.vault,
                to: target.vault,
                choice: stack.choice(of: target.configuration),
                options: Self.options,
                locks: locks
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
            if last.lockFault == nil { last = report }
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
