public import Model

/// Reads the records of a log out of its bytes, in pieces of any size, and checks each record's CRC.
///
/// ```text
///   page │ head │ … record │ pad │ record │ first part of a record ┊ next page │ head │ rest │ …
/// ```
/// Records begin at multiples of 8 and go on across pages and segments. Feed it with
/// ``read(_:at:_:)``. Begin at a record, or at any page: then what is left of a record that began
/// before is skipped. Once it has stopped it stays stopped.
///
/// Memory: a record that lies whole in one page and one piece is looked at where it is; of others up
/// to 64 KiB are kept, and of transaction records up to 4 MiB. The rest only goes through the CRC.
public struct WALReader: ~Copyable, Sendable {
    /// What is expected at the current position.
    enum Stage: Sendable, Equatable {
        /// Padding up to a multiple of 8, then a record.
        case start
        /// More of the record that `gathered` counts.
        case record
        /// The rest of a record that began before the first byte that was read.
        case tail(UInt32)
        /// Nothing before this position: a record ended the segment.
        case nothing(until: UInt64)
    }

    /// The version of the log.
    public let version: WALVersion
    /// The size of its segments.
    public let segmentSize: SegmentSize
    /// The cluster it must be of; nil to take any.
    public let systemIdentifier: UInt64?

    /// The position of the next byte to be read.
    public private(set) var position: LSN
    /// Where the record begins that was not read to its end, or the next one will.
    public var nextRecord: LSN {
        // A record that was read and refused counts as not read, whatever lies behind it.
        if stage == .record || stop?.position.value == recordStart { return LSN(recordStart) }
        if case .nothing(let end) = stage { return Self.afterHead(end, segmentSize) }
        if !pageHead.isEmpty {
            return Self.afterHead(position.value - UInt64(pageHead.count), segmentSize)
        }
        return Self.afterHead((position.value + 7) & ~7, segmentSize)
    }
    /// Where the first record begins that is read whole; nil while that is not known.
    public private(set) var firstRecord: LSN?
    /// Why it does not go on.
    public private(set) var stop: WALStop?

    var stage = Stage.start
    /// Whether nothing was read yet.
    private var isFresh = true
    private var pageHead: [UInt8] = []
    var lastTimeline: UInt32 = 0
    /// Where the last whole record begins; nil before the first.
    var lastRecord: UInt64?
    var recordStart: UInt64 = 0
    /// How many bytes of the record were read, and the first of them.
    var gathered = 0
    var kept: [UInt8] = []
    var checksum = CRC32C()
    var references: [WALBlockReference] = []

    /// A reader of the log of a server, that begins at a position.
    ///
    /// `previous`: where the record begins that ended before `position`, which is a record's then; the first record must
    /// link to it, so that another log over the same positions is not taken for the same one.
    public init(
        at position: LSN,
        version: WALVersion,
        segmentSize: SegmentSize,
        systemIdentifier: UInt64?,
        previous: LSN? = nil
    ) {
        self.position = position
        lastRecord = previous?.value
        self.version = version
        self.segmentSize = segmentSize
        self.systemIdentifier = systemIdentifier
        references.reserveCapacity(Int(WALRecordLayout.highestReference) + 1)
        pageHead.reserveCapacity(WALPageHeader.longSize)
    }

    /// Reads the next bytes and hands out each record that they complete: its head, its block
    /// references, and the beginning of its main data (all of it, except of records above 64 KiB).
    ///
    /// - Returns: nil when all bytes were read; otherwise why the log ends, or is damaged, before
    ///   their end.
    public mutating func read(
        _ bytes: RawSpan,
        at start: LSN,
        _ body: (WALRecord, Span<WALBlockReference>, RawSpan) -> Void
    ) -> WALStop? {
        if let stop { return stop }
        // No log reaches the upper half of the positions; below it nothing here overflows.
        guard start == position, start.value < 1 << 63 else {
            return halt(.gap, at: position.value)
        }
        var offset = 0
        while offset < bytes.byteCount, stop == nil {
            let current = position.value
            if case .nothing(let end) = stage {
                let step = Int(min(end - current, UInt64(bytes.byteCount - offset)))
                advance(&offset, by: step)
                if position.value == end { stage = .start }
                continue
            }
            if current % WALPageHeader.pageSize == 0 || !pageHead.isEmpty {
                takePageHead(bytes, &offset)
                continue
            }
            let room = Int(WALPageHeader.pageSize - current % WALPageHeader.pageSize)
            let end = offset + min(room, bytes.byteCount - offset)
            takeContent(bytes, &offset, upTo: end, body)
            isFresh = false
        }
        return stop
    }

    /// Reads what lies between two heads of pages, or a part of it.
    private mutating func takeContent(
        _ bytes: RawSpan,
        _ offset: inout Int,
        upTo end: Int,
        _ body: (WALRecord, Span<WALBlockReference>, RawSpan) -> Void
    ) {
        while offset < end, stop == nil {
            switch stage {
            case .start:
                let padding = Int((8 - position.value % 8) % 8)
                if padding > 0 {
                    advance(&offset, by: min(padding, end - offset))
                } else {
                    begin(bytes, &offset, upTo: end, body)
                }
            case .record: gather(bytes, &offset, upTo: end, body)
            case .tail(let rest):
                let step = min(Int(rest), end - offset)
                advance(&offset, by: step)
                stage = step == Int(rest) ? .start : .tail(rest - UInt32(step))
            case .nothing: return
            }
        }
    }

    /// Begins a record, and ends it at once when it lies whole before `end`.
    private mutating func begin(
        _ bytes: RawSpan,
        _ offset: inout Int,
        upTo end: Int,
        _ body: (WALRecord, Span<WALBlockReference>, RawSpan) -> Void
    ) {
        recordStart = position.value
        if firstRecord == nil { firstRecord = position }
        let available = end - offset
        if available >= WALRecord.headSize {
            let length = Int(bytes.littleEndian(UInt32.self, at: offset))
            guard checkLength(length) else { return }
            if length <= available {
                let record = bytes.extracting(offset..<offset + length)
                advance(&offset, by: length)
                checksum = CRC32C()
                checksum.update(record.extracting(WALRecord.headSize..<length))
                finish(record, length: length, body)
                return
            }
        }
        stage = .record
        gathered = 0
        checksum = CRC32C()
        kept.removeAll(keepingCapacity: kept.capacity <= WALRecordLayout.keptOfAny)
    }

    /// Adds to the record that has begun; at its end hands it out.
    private mutating func gather(
        _ bytes: RawSpan,
        _ offset: inout Int,
        upTo end: Int,
        _ body: (WALRecord, Span<WALBlockReference>, RawSpan) -> Void
    ) {
        let goal: Int
        if gathered < 4 {
            goal = 4
        } else if gathered < WALRecord.headSize {
            goal = WALRecord.headSize
        } else {
            goal = gatheredLength
        }
        let step = min(goal - gathered, end - offset)
        let part = bytes.extracting(offset..<offset + step)
        if gathered >= WALRecord.headSize { checksum.update(part) }
        let room = bytesToKeep - kept.count
        if room > 0 { kept.append(part, upTo: room) }
        gathered += step
        advance(&offset, by: step)
        if gathered == 4 { _ = checkLength(gatheredLength) }
        guard stop == nil, gathered >= WALRecord.headSize, gathered == gatheredLength else {
            return
        }
        let record = kept
        kept = []
        stage = .start
        unsafe finish(record.span.bytes, length: gathered, body)
        kept = record
    }

    /// The length that the record's first bytes state; at least four must be there.
    var gatheredLength: Int {
        unsafe Int(kept.span.bytes.littleEndian(UInt32.self, at: 0))
    }

    private var bytesToKeep: Int {
        guard gathered >= WALRecord.headSize else { return WALRecord.headSize }
        return WALRecordLayout.bytesToKeep(
            length: gatheredLength,
            resourceManager: WALResourceManager(rawValue: kept[17])
        )
    }

    private mutating func checkLength(_ length: Int) -> Bool {
        if length == 0 {
            _ = halt(.unwritten, at: recordStart)
        } else if !(WALRecord.headSize...WALRecord.largestLength).contains(length) {
            _ = halt(.recordHead, at: recordStart)
        }
        return stop == nil
    }

    /// Gathers the head of a page and acts on it when it is whole.
    private mutating func takePageHead(_ bytes: RawSpan, _ offset: inout Int) {
        let begin = position.value - UInt64(pageHead.count)
        let size = WALPageHeader.size(at: begin, segmentSize: segmentSize)
        let step = min(size - pageHead.count, bytes.byteCount - offset)
        pageHead.append(bytes.extracting(offset..<offset + step), upTo: step)
        advance(&offset, by: step)
        guard pageHead.count == size else { return }
        let head = pageHead
        if let reason = unsafe judge(page: head.span.bytes, at: begin, isFirst: isFresh) {
            _ = halt(reason, at: begin)
        }
        pageHead.removeAll(keepingCapacity: true)
        isFresh = false
    }

    private mutating func advance(_ offset: inout Int, by count: Int) {
        offset += count
        position = position + UInt64(count)
    }

    /// Stops for good.
    mutating func halt(_ reason: WALStop.Reason, at place: UInt64) -> WALStop {
        let stop = WALStop(reason: reason, position: LSN(place))
        self.stop = stop
        return stop
    }

    /// A position, moved behind the head of the page that begins there.
    static func afterHead(_ position: UInt64, _ segmentSize: SegmentSize) -> LSN {
        guard position % WALPageHeader.pageSize == 0 else { return LSN(position) }
        return LSN(
            position + UInt64(WALPageHeader.size(at: position, segmentSize: segmentSize))
        )
    }
}
