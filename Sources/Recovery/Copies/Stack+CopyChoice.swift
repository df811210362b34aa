internal import Model
internal import StackConfiguration
internal import Vault

extension Stack {
    /// What a copy wants: the snapshots that its retention would keep, and with `every:` only the log that makes its base
    /// backups consistent, else all of it.
    func choice(of copy: CopyConfiguration) -> CopyChoice {
        let configuration = configuration
        return CopyChoice(
            takesLog: copy.every == nil,
            rule: { stream in
                guard stream.stack == configuration.stack,
                    let component = configuration.component(named: stream.component)
                else { return nil }
                let policy = configuration.keep(of: component, in: copy)
                guard !policy.forever else { return nil }
                return { Self.kept($0, by: policy) }
            },
            need: { $0.consistencyLog }
        )
    }

    /// What a policy keeps of the snapshots of a stream, as far as their times tell.
    private static func kept(_ moments: [SnapshotMoment], by policy: KeepPolicy) -> Set<SnapshotID>
    {
        let candidates = moments.map { moment in
            var candidate = RetentionCandidate(
                seq: moment.id.seq,
                short: moment.id.short,
                previous: [],
                time: moment.time,
                stored: moment.time,
                quality: .complete
            )
            candidate.comesInOrder = false
            return candidate
        }
        let decisions = Retention.decide(candidates, keep: policy)
        return Set(zip(moments, decisions).filter { $0.1.isKept }.map(\.0.id))
    }
}

extension Snapshot {
    /// The log without which a base backup cannot be restored; nil for what has no log.
    fileprivate var consistencyLog: LogSpan? {
        guard head.kind == .postgresql, let epoch = UInt32(head.facts["timeline"] ?? ""),
            let start = LSN(head.facts["start_lsn"] ?? ""),
            let stop = LSN(head.facts["stop_lsn"] ?? "")
        else { return nil }
        return LogSpan(epoch: epoch, from: start.value, to: stop.value)
    }
}
