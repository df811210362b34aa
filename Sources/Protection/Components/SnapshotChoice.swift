public import Model
public import Vault

/// Chooses the snapshot that a restore begins with.
public enum SnapshotChoice {
    /// The snapshot that a restore was asked to begin with.
    ///
    /// - Throws: as ``newest(of:in:at:only:)``.
    public static func newest(for request: RestoreRequest) async throws(Fault) -> Snapshot {
        try await newest(
            of: request.stream,
            in: request.vault,
            at: request.target,
            only: request.only
        )
    }

    /// The snapshot that was named, else the newest one at or before the target, for components without a log.
    ///
    /// The one with the highest number is the newest: a clock that was wrong once must not make its snapshot the newest
    /// until the right time has caught up with it.
    ///
    /// - Throws: `E-TARGET-LOG` for a point of a log, which says nothing of them; `E-SNAPSHOT-NONE` when there is none, naming the oldest that there is.
    public static func newest(
        of stream: StreamName,
        in vault: Vault,
        at target: RecoveryTarget,
        only: SnapshotID? = nil
    ) async throws(Fault) -> Snapshot {
        if let point = target.inLog {
            throw Fault(
                .targetWithoutLog,
                "unable to restore '\(stream.component)' to \(point): it has no log",
                hints: ["Go back to a time: --at '2h ago'"]
            )
        }
        let list = try await vault.snapshots(of: stream)
        let candidates = list.snapshots.filter { snapshot in
            if let only { return snapshot.id == only }
            guard case .time(let moment) = target else { return true }
            return snapshot.head.time <= moment
        }
        let newest = candidates.max {
            ($0.id.seq, $0.head.time, $0.id) < ($1.id.seq, $1.head.time, $1.id)
        }
        if let newest { return newest }
        if let fault = list.refused.first, list.snapshots.isEmpty { throw fault }
        guard let oldest = list.snapshots.map(\.head.time).min() else {
            throw Fault(
                .noSnapshot,
                "unable to restore '\(stream.component)': there is no snapshot of it",
                hints: ["Run `lifeboat backup` first, or look with `lifeboat ls`."]
            )
        }
        throw Fault(
            .noSnapshot,
            "unable to restore '\(stream.component)': its oldest snapshot is of \(oldest), after the target",
            hints: ["Choose a time at or after \(oldest.earliestText)."]
        )
    }
}
