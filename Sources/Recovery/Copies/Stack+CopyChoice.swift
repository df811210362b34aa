internal import Model
internal import StackConfiguration
internal import Vault

extension Stack {
    /// What a copy wants: with `every:` only the log that makes its base backups consistent, else all of it.
    func choice(of copy: CopyConfiguration) -> CopyChoice {
        CopyChoice(takesLog: copy.every == nil, need: { $0.consistencyLog })
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
