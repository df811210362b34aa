public import Model
internal import SystemIO

/// Brings what one copy of a vault holds, and another wants and lacks, from the one to the other.
///
/// ```
/// hosts ─▶ log ─▶ packs of a batch of heads ─▶ listing proves them ─▶ heads ─▶ … ─▶ reports, holds
/// ```
/// Needs no key that opens anything: a pack is what its name commits to, a head is what an enrolled key signed, and each
/// object is proven before it is written. Nothing is ever deleted for the sake of likeness, and what the target's own
/// collection gave up is not brought back. The work is the difference of names, so what was interrupted goes on where it
/// ended, and it does not matter how. Documents under `gc/` and `checks/` are about one copy and stay there.
public struct Replication: Sendable {
    let source: Vault
    let target: Vault
    let choice: CopyChoice
    let options: ReplicationOptions
    /// Prolongs the locks of what the target needs of it; nil for a target without locks.
    let locks: LockKeeper?
    /// Time that goes on while the host sleeps.
    let bootTime: @Sendable () -> Duration

    /// Prepares a replication between two copies of one vault.
    public init(
        from source: Vault,
        to target: Vault,
        choice: CopyChoice = CopyChoice(),
        options: ReplicationOptions = ReplicationOptions(),
        locks: LockKeeper? = nil
    ) {
        self.init(from: source, to: target, choice: choice, options: options, locks: locks) {
            BootClock.now()
        }
    }

    /// The same with another clock, for tests of what a long pause does.
    package init(
        from source: Vault,
        to target: Vault,
        choice: CopyChoice = CopyChoice(),
        options: ReplicationOptions = ReplicationOptions(),
        locks: LockKeeper? = nil,
        bootTime: @escaping @Sendable () -> Duration
    ) {
        precondition(source.id == target.id, "both are copies of one vault")
        self.source = source.knowing([target])
        self.target = target.knowing([source])
        self.choice = choice
        self.options = options
        self.locks = locks
        self.bootTime = bootTime
    }

    /// Copies everything that is missing; `progress` hears of objects as they arrive.
    ///
    /// After success the target holds all that it wants of the source, but for what the report names. After a failure,
    /// which is in the report, every snapshot that the target holds is whole.
    ///
    /// Requests: a listing of each folder of both sides, a read of each missing head (of each head of a stream, where the
    /// target's rule has to choose), one read and one write an object that is copied, and one listing of the target's
    /// packs a batch. Memory: the names of both sides, and as many objects as are on their way at once.
    public func run(progress: (ReplicationReport) -> Void) async -> ReplicationReport {
        let run = ReplicationRun(self)
        do throws(Fault) {
            try await run.everything(progress)
        } catch { run.report.fault = error }
        await run.prolongLocks()
        return run.report
    }

    /// Copies the log of one stream alone, all of what the target lacks and has not given up.
    ///
    /// One listing of the stream's log on both sides, and one read and one write an object that is copied. The report is as
    /// that of ``run(progress:)``.
    public func runLog(of stream: StreamName) async -> ReplicationReport {
        let run = ReplicationRun(self)
        do throws(Fault) {
            try await run.log(of: stream)
        } catch { run.report.fault = error }
        return run.report
    }
}
