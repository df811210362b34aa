import Model
import PostgresWire

/// Writes a log as a server does, without one: records with their CRCs, cut into pages.
struct LogWriter {
    /// A block that a record refers to.
    struct Block {
        var relation = RelationID(tablespace: 1663, database: 5, number: 16384)
        var fork: UInt8 = 0
        var block: UInt32
        var image: Int?
        var data: [UInt8] = []
        /// Whether it takes the relation from the block before it.
        var sameRelation = false
    }

    /// What a record is, to be compared with what is read.
    struct Written: Equatable {
        let start: LSN
        let length: Int
        let manager: UInt8
        let info: UInt8
        let blocks: [UInt32]
    }

    let version: WALVersion
    let segmentSize: SegmentSize
    let start: LSN
    var timeline: UInt32 = 1
    private(set) var bytes: [UInt8] = []
    private(set) var records: [Written] = []
    private var previous: UInt64 = 0
    private var remaining = 0
    private var isOverwriting = false

    init(version: WALVersion = .v16, segment: UInt64 = 1 << 20, start: UInt64 = 1 << 20) {
        self.version = version
        segmentSize = SegmentSize(bytes: segment) ?? .standard
        self.start = LSN(start)
    }

    var position: UInt64 { start.value + UInt64(bytes.count) }

    /// Adds a record.
    mutating func append(
        _ manager: UInt8,
        _ info: UInt8,
        blocks: [Block] = [],
        main: [UInt8] = [],
        origin: Bool = false
    ) {
        beginPage()
        let record = make(manager, info, blocks, main, origin)
        let place = position
        records.append(
            Written(
                start: LSN(place),
                length: record.count,
                manager: manager,
                info: info,
                blocks: blocks.map(\.block)
            )
        )
        previous = place
        put(record)
        while bytes.count % 8 != 0 { bytes.append(0) }
        if manager == 0, info == 0x40 {
            while position % segmentSize.bytes != 0 { bytes.append(0) }
        }
    }

    /// Begins a record and crashes before its last page; the server goes on at the next one.
    mutating func crash(within length: Int) {
        beginPage()
        let record = make(10, 0, [], [UInt8](repeating: 7, count: length), false)
        put(record)
        while position % 8192 != 0 { bytes.removeLast() }
        isOverwriting = true
    }

    private mutating func put(_ record: [UInt8]) {
        remaining = record.count
        var rest = record[...]
        while !rest.isEmpty {
            beginPage()
            let room = 8192 - Int(position % 8192)
            let part = rest.prefix(room)
            bytes += part
            rest = rest.dropFirst(part.count)
            remaining = rest.count
        }
    }

    /// Writes the head of a page when one begins here.
    private mutating func beginPage() {
        guard position % 8192 == 0 else { return }
        let isLong = position % segmentSize.bytes == 0
        var flags: UInt16 = isLong ? 2 : 0
        if isOverwriting { flags |= 8 } else if remaining > 0 { flags |= 1 }
        let here = position
        bytes += little(version.rawValue) + little(flags) + little(timeline) + little(here)
        bytes += little(UInt32(isOverwriting ? 0 : remaining)) + [0, 0, 0, 0]
        if isLong {
            bytes += little(UInt64(77)) + little(UInt32(segmentSize.bytes)) + little(UInt32(8192))
        }
        isOverwriting = false
    }

    private func make(
        _ manager: UInt8,
        _ info: UInt8,
        _ blocks: [Block],
        _ main: [UInt8],
        _ origin: Bool
    ) -> [UInt8] {
        var heads: [UInt8] = []
        var data: [UInt8] = []
        for (index, block) in blocks.enumerated() {
            var flags = block.fork
            if block.image != nil { flags |= 0x10 }
            if !block.data.isEmpty { flags |= 0x20 }
            if block.sameRelation { flags |= 0x80 }
            heads += [UInt8(index), flags] + little(UInt16(block.data.count))
            if let image = block.image {
                heads += imageHead(image)
                data += [UInt8](repeating: 9, count: image)
            }
            if !block.sameRelation {
                heads += little(block.relation.tablespace) + little(block.relation.database)
                heads += little(block.relation.number)
            }
            heads += little(block.block)
            data += block.data
        }
        if origin { heads += [253, 1, 0] }
        if main.count > 255 {
            heads += [254] + little(UInt32(main.count))
        } else if !main.isEmpty {
            heads += [255, UInt8(main.count)]
        }
        let body = heads + data + main
        var head = little(UInt32(24 + body.count)) + little(UInt32(900)) + little(previous)
        head += [info, manager, 0, 0]
        var sum = CRC32C(body)
        sum.update(head)
        return head + little(sum.value) + body
    }

    /// The head of an image: whole, with a hole, or (shorter than 100 bytes here) compressed.
    private func imageHead(_ length: Int) -> [UInt8] {
        if length == 8192 { return little(UInt16(8192)) + [0, 0, 0] }
        guard length < 100 else { return little(UInt16(length)) + [40, 0, 1] }
        let compressed: UInt8 = version.rawValue >= WALVersion.v15.rawValue ? 0x04 : 0x02
        return little(UInt16(length)) + [40, 0, 1 | compressed] + little(UInt16(500))
    }
}

/// The little-endian bytes of a number.
func little(_ value: some FixedWidthInteger) -> [UInt8] {
    stride(from: 0, to: value.bitWidth, by: 8).map { UInt8(truncatingIfNeeded: value >> $0) }
}
