/// Where the parts of a record lie, read from the heads that follow its first 24 bytes.
///
/// ```text
///   255  length 1                      main data, and the last head
///   254  length 4                      the same
///   253  origin 2        252  top-level transaction 4 (from 14)
///   0…32 fork and flags 1, data length 2
///        [ image length 2, hole offset 2, image flags 1 [ hole length 2 ] ]
///        [ relation 12 ]  block 4
/// ```
/// Source: `DecodeXLogRecord` in `src/backend/access/transam/xlogreader.c`, whose checks are made
/// here too.
struct WALRecordLayout {
    /// The highest number of a block reference.
    static let highestReference: UInt8 = 32
    /// What is kept of a record in pieces, whatever it is.
    static let keptOfAny = 64 << 10
    /// What is kept of one whose main data matters, such as a commit that drops many relations.
    static let keptOfSpecial = 4 << 20
    /// More than all heads together can have.
    private static let keptOfHeads = 1024

    /// Where the main data begins, and how long it is.
    private(set) var mainDataStart = 0
    private(set) var mainDataLength = 0

    private var cursor = WALRecord.headSize
    private var dataLength = 0
    private var highest = -1
    private var relation: RelationID?

    /// How much of a record's beginning must be there to read it.
    static func bytesToKeep(length: Int, resourceManager: WALResourceManager) -> Int {
        if length <= keptOfAny { return length }
        switch resourceManager {
        case .log, .transaction, .storage, .database: return min(length, keptOfSpecial)
        default: return keptOfHeads
        }
    }

    /// Reads the heads of a record of `length` bytes whose beginning is `record`; nil when they
    /// contradict themselves.
    init?(
        _ record: RawSpan,
        length: Int,
        version: WALVersion,
        into references: inout [WALBlockReference]
    ) {
        references.removeAll(keepingCapacity: true)
        var isMainData = false
        while !isMainData, length - cursor > dataLength {
            guard cursor < record.byteCount else { return nil }
            let id = record.littleEndian(UInt8.self, at: cursor)
            let fits =
                switch id {
                case 255, 254:
                    takeMainData(record, isShort: id == 255)
                case 253: skip(3, of: record)
                case 252: version.has(.v14) && skip(5, of: record)
                default: takeReference(record, id, version, into: &references)
                }
            guard fits else { return nil }
            isMainData = id >= 254
        }
        guard length - cursor == dataLength else { return nil }
        mainDataStart = length - mainDataLength
    }

    private mutating func skip(_ count: Int, of record: RawSpan) -> Bool {
        guard record.byteCount - cursor >= count else { return false }
        cursor += count
        return true
    }

    private mutating func takeMainData(_ record: RawSpan, isShort: Bool) -> Bool {
        let place = cursor + 1
        guard skip(isShort ? 2 : 5, of: record) else { return false }
        mainDataLength =
            isShort
            ? Int(record.littleEndian(UInt8.self, at: place))
            : Int(record.littleEndian(UInt32.self, at: place))
        dataLength += mainDataLength
        return true
    }

    private mutating func takeReference(
        _ record: RawSpan,
        _ id: UInt8,
        _ version: WALVersion,
        into references: inout [WALBlockReference]
    ) -> Bool {
        let place = cursor
        guard id <= Self.highestReference, Int(id) > highest, skip(4, of: record) else {
            return false
        }
        highest = Int(id)
        let flags = record.littleEndian(UInt8.self, at: place + 1)
        let data = record.littleEndian(UInt16.self, at: place + 2)
        guard (flags & 0x20 != 0) == (data != 0) else { return false }
        dataLength += Int(data)
        var image: UInt16 = 0
        if flags & 0x10 != 0 {
            guard let length = takeImage(record, version) else { return false }
            image = length
            dataLength += Int(length)
        }
        if flags & 0x80 == 0 {
            let place = cursor
            guard skip(12, of: record) else { return false }
            relation = RelationID(record, at: place)
        }
        let blockPlace = cursor
        guard let relation, skip(4, of: record) else { return false }
        references.append(
            WALBlockReference(
                number: id,
                fork: flags & 0x0F,
                relation: relation,
                block: record.littleEndian(UInt32.self, at: blockPlace),
                imageLength: image,
                dataLength: data,
                isInitialised: flags & 0x40 != 0
            )
        )
        return true
    }

    /// The length of a page's image; nil when what its head says is impossible.
    private mutating func takeImage(_ record: RawSpan, _ version: WALVersion) -> UInt16? {
        let page = UInt16(PageChecksum.pageSize)
        let place = cursor
        guard skip(5, of: record) else { return nil }
        let length = record.littleEndian(UInt16.self, at: place)
        let holeOffset = record.littleEndian(UInt16.self, at: place + 2)
        let flags = record.littleEndian(UInt8.self, at: place + 4)
        let hasHole = flags & 0x01 != 0
        let isCompressed = flags & version.compressionBits != 0
        var hole: UInt16 = 0
        if isCompressed, hasHole {
            guard skip(2, of: record) else { return nil }
            hole = record.littleEndian(UInt16.self, at: place + 5)
        } else if !isCompressed {
            guard length <= page else { return nil }
            hole = page - length
        }
        if hasHole {
            guard holeOffset != 0, hole != 0, length != page else { return nil }
        } else {
            guard holeOffset == 0, hole == 0 else { return nil }
        }
        guard !isCompressed || length != page, hasHole || isCompressed || length == page else {
            return nil
        }
        return length
    }
}
