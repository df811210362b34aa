internal import Model
internal import PostgresWire
internal import Vault

/// The log that a server sends once more after a connection: it must be what the vault holds.
///
/// A server that was set back to an older state of its disk, and a copy of one that was never promoted, keep identity and
/// timeline and write another log over the same positions. Joined with the one that is there it would be damage, so
/// nothing is stored before the two were compared up to where the vault's log ends.
///
/// Pure: bytes in, what is to be compared out. Memory: one segment.
struct LogProof {
    /// What the vault holds.
    let index: LogIndex
    /// Where its log of the timeline ends.
    let reach: LSN
    /// Where the server's log ended when it was asked, if that lies before ``reach``.
    let behind: LSN?
    private static let interval = Duration.seconds(1)
    private let segmentSize: SegmentSize
    private var start: LSN
    private var bytes: [UInt8] = []
    private var compared = ContinuousClock.now

    /// Prepares for the log of a timeline, received from a position on; nil where that lies behind all that the vault holds.
    init?(
        _ reader: LogReader,
        of server: SystemIdentity,
        _ timeline: UInt32,
        from start: LSN,
        _ segmentSize: SegmentSize
    ) {
        let reach = reader.coverage(epoch: timeline).ranges.last.map { LSN($0.upperBound) }
        guard let reach, reach > start else { return nil }
        index = LogIndex(reader)
        self.reach = reach
        // The log of a timeline that it has left reaches to the switch, which lies behind.
        let isBehind = timeline == server.timeline && server.position < reach
        behind = isBehind ? server.position : nil
        self.start = start
        self.segmentSize = segmentSize
    }

    /// Everything before it has come.
    private var position: LSN { start + UInt64(bytes.count) }
    /// Whether all that the vault holds has come.
    var isOver: Bool { position >= reach }

    /// Takes received bytes; those before the first position are passed over.
    mutating func add(_ received: [UInt8], at place: LSN) {
        guard place <= position, place + UInt64(received.count) > position else { return }
        bytes += received.dropFirst(Int(position - place))
    }

    /// What is to be compared now: at the end of the vault's log and of each segment, and now and then on the way; nil when
    /// nothing is.
    mutating func stretch(isLast: Bool) -> (from: LSN, bytes: [UInt8])? {
        let segment = LSN(position.value / segmentSize.bytes * segmentSize.bytes)
        let isDue = compared.duration(to: .now) >= Self.interval
        guard isLast || isOver || segment > start || isDue, !bytes.isEmpty else { return nil }
        compared = .now
        let stretch = (start, bytes)
        if segment > start {
            bytes.removeFirst(Int(segment - start))
            start = segment
        }
        return stretch
    }
}
