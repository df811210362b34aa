internal import Model
internal import PostgresWire
internal import Vault

/// Where receiving begins.
struct LogStart {
    /// The first position.
    let position: LSN
    /// What is missing before it, in words; nil when nothing is.
    let gap: String?

    /// `end`: how far the server's log is flushed.
    ///
    /// `slotPosition`: from where on the server keeps its log.
    init(
        reader: LogReader,
        timeline: UInt32,
        end: LSN,
        slotPosition: LSN?,
        segmentSize: SegmentSize
    ) throws(Fault) {
        let floor = slotPosition ?? end
        let segmentStart = LSN(floor.value / segmentSize.bytes * segmentSize.bytes)
        let coverage = reader.coverage(epoch: timeline)
        let reach = coverage.ranges.last?.upperBound
        guard let reach, reach <= end.value else {
            position = segmentStart
            gap = nil
            return
        }
        if reach >= segmentStart.value {
            position = LSN(reach)
            gap = nil
        } else {
            position = segmentStart
            gap =
                "the log from \(LSN(reach)) to \(segmentStart) is missing: the server no longer kept it;"
                + " a new base backup makes later times restorable"
        }
    }
}
