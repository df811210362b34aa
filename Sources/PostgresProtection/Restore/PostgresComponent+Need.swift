internal import Model
public import Vault

extension PostgresComponent {
    /// The log without which a base backup cannot be restored; nil for the snapshot of any other kind.
    public static func neededLog(of snapshot: Snapshot) -> LogSpan? {
        guard snapshot.head.kind == .postgresql, let base = try? BaseRecord(snapshot) else {
            return nil
        }
        return LogSpan(epoch: base.timeline, from: base.start.value, to: base.stop.value)
    }
}
