internal import Model

/// The log that a base backup needs itself, as the facts of its head say: whole segments from start to stop.
struct BaseLog: Hashable {
    /// The timeline that it was taken on.
    let epoch: UInt32
    /// Where the backup began.
    let start: LSN
    /// Where it ended: from there on it is consistent.
    let stop: LSN
    /// The positions, in whole segments: a server reads a segment from its first page on.
    let span: Range<UInt64>

    /// Reads facts; nil when they are not those of a base backup.
    init?(facts: [String: String]) {
        guard let epoch = UInt32(facts["timeline"] ?? ""),
            let start = LSN(facts["start_lsn"] ?? ""),
            let stop = LSN(facts["stop_lsn"] ?? ""), start <= stop,
            let segment = UInt64(facts["segment_bytes"] ?? ""), segment.nonzeroBitCount == 1
        else { return nil }
        self.epoch = epoch
        self.start = start
        self.stop = stop
        let from = start.value / segment * segment
        let (end, isTooFar) = (stop.value / segment).multipliedReportingOverflow(by: segment)
        guard !isTooFar, end <= UInt64.max - segment else { return nil }
        span = from..<end + segment
    }
}
