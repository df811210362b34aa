internal import Model
internal import StackConfiguration
internal import Vault

extension Stack {
    /// What a copy's retention would keep of a stream, as far as the times of its snapshots tell; nil when that is everything.
    func keepRule(of stream: StreamName, in copy: CopyConfiguration) -> CopyChoice.Rule? {
        guard stream.stack == configuration.stack,
            let component = configuration.component(named: stream.component)
        else { return nil }
        let policy = configuration.keep(of: component, in: copy)
        guard !policy.forever else { return nil }
        return { moments in
            let candidates = moments.map { Self.candidate($0) }
            let decisions = Retention.decide(candidates, keep: policy)
            return Set(zip(moments, decisions).filter { $0.1.isKept }.map(\.0.id))
        }
    }

    private static func candidate(_ moment: SnapshotMoment) -> RetentionCandidate {
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
}
