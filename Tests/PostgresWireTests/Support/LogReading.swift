import Model
import PostgresWire

/// What a reader makes of a log: its records, and why it stopped.
struct LogReading: Equatable {
    var records: [LogWriter.Written] = []
    var stop: WALStop?

    /// Reads a log in pieces whose ends are given.
    init(
        _ bytes: [UInt8],
        at start: LSN,
        version: WALVersion,
        segmentSize: SegmentSize,
        cuts: [Int] = [],
        systemIdentifier: UInt64? = nil
    ) {
        var reader = WALReader(
            at: start,
            version: version,
            segmentSize: segmentSize,
            systemIdentifier: systemIdentifier
        )
        var place = 0
        for cut in cuts + [bytes.count] {
            let piece = bytes.span.bytes.extracting(place..<cut)
            stop = reader.read(piece, at: start + UInt64(place)) { record, references, _ in
                var blocks: [UInt32] = []
                for index in references.indices { blocks.append(references[index].block) }
                records.append(
                    LogWriter.Written(
                        start: record.start,
                        length: record.length,
                        manager: record.resourceManager.rawValue,
                        info: record.info,
                        blocks: blocks
                    )
                )
            }
            place = cut
        }
    }

    init(_ log: LogWriter, cuts: [Int] = [], systemIdentifier: UInt64? = nil) {
        self.init(
            log.bytes,
            at: log.start,
            version: log.version,
            segmentSize: log.segmentSize,
            cuts: cuts,
            systemIdentifier: systemIdentifier
        )
    }
}
