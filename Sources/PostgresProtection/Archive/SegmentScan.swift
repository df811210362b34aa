internal import Model
internal import PostgresWire
internal import Vault

/// What the records of one segment tell: where the last whole one ends, and the newest commit.
///
/// A segment says nothing of its time but in its commits; they make its moments restorable where no heartbeat does.
struct SegmentScan {
    /// The position behind the last whole record; the segment's start when there is none.
    let end: LSN
    /// The newest commit; nil when there is none.
    let commit: LogHead.Heartbeat?

    /// Reads the records of a segment from its beginning, as far as they can be read.
    init(_ bytes: [UInt8], _ header: SegmentHeader) {
        var reader = WALReader(
            at: header.position,
            version: header.version,
            segmentSize: header.segmentSize,
            systemIdentifier: header.systemIdentifier
        )
        let limit = header.position + header.segmentSize.bytes
        var end = header.position
        var newest: LogHead.Heartbeat?
        _ = unsafe reader.read(bytes.span.bytes, at: header.position) { record, _, mainData in
            end = min(record.end, limit)
            let mark = WALLandmark(record, mainData: mainData, version: header.version)
            guard case .transaction(_, isCommit: true)? = mark?.kind, let time = mark?.time else {
                return
            }
            // A server that goes back to a time stops at the first commit that is later: this one is, by a microsecond.
            let before = time - .microseconds(1)
            if newest.map({ $0.time < before }) ?? true {
                newest = LogHead.Heartbeat(time: before, lsn: min(record.end, limit))
            }
        }
        self.end = end
        commit = newest
    }
}
