internal import Model

extension VaultName {
    /// The stream of a log object; nil for any other.
    var logStream: StreamName? {
        switch self {
        case .log(let stream, _, _, _, _), .history(let stream, _, _): stream
        default: nil
        }
    }

    /// What a piece of log holds; nil for a history and any other object.
    var logSpan: LogSpan? {
        guard case .log(_, let epoch, let from, let to, _) = self else { return nil }
        return LogSpan(epoch: epoch, from: from, to: to)
    }

    /// A piece of log, its length not known.
    var logPiece: LogPiece? {
        guard case .log(_, let epoch, let from, let to, let short) = self else { return nil }
        return LogPiece(epoch: epoch, from: from, to: to, short: short, objectBytes: 0)
    }

    /// Whether another piece of log lies within this one.
    func covers(_ other: VaultName) -> Bool {
        guard self != other, let span = logSpan, let inner = other.logSpan else { return false }
        return span.epoch == inner.epoch && span.from <= inner.from && inner.to <= span.to
    }
}

extension LogSpan {
    /// Whether two parts have a position in common.
    func overlaps(_ other: LogSpan) -> Bool {
        epoch == other.epoch && from < other.to && other.from < to
    }
}
