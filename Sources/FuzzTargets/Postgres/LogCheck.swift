import Model
import PostgresWire

/// However a log is cut into pieces, it has the same records, and they change the same blocks.
///
/// The first byte of the input chooses the version; the rest is read twice: as the bytes of a segment, and as records
/// that are written into a segment as a server would, since few changed inputs have the right CRCs:
///
/// ```
/// record = manager info length(2, little-endian) heads and data
/// ```
enum LogCheck {
    private static let start: UInt64 = 16 << 20

    private struct Read: Equatable {
        var records: [WALRecord] = []
        var references: [[WALBlockReference]] = []
        var mainData: [[UInt8]] = []
        var stop: WALStop?
        var next: LSN?
        /// The changed blocks, as they are kept; how far a log was read that it stopped in is nobody's business.
        var map: [UInt8] = []
    }

    static func check(_ input: [UInt8]) throws(CheckFailure) {
        guard let first = input.first else { return }
        let versions = WALVersion.allCases
        let version = versions[Int(first) % versions.count]
        for log in [Array(input.dropFirst()), segment(of: input.dropFirst(), version)] {
            let whole = read(Cut.whole(log), version)
            let small = read(Cut.small(log), version)
            try require(
                whole.stop == small.stop && whole.next == small.next,
                "in one piece it stops with \(whole.stop as Any), the next at \(whole.next as Any); "
                    + "in small ones with \(small.stop as Any), at \(small.next as Any)"
            )
            try require(
                whole.records == small.records,
                "in one piece \(whole.records), in small ones \(small.records)"
            )
            try require(whole == small, "records, or what they change, differ")
            guard whole.stop == nil else { continue }
            let map = Outcome { () throws(Fault) in try BlockMap(decoding: whole.map).encoded() }
            try require(map == .accepted(whole.map), "a map is read back as \(map)")
        }
    }

    private static func read(_ pieces: [ArraySlice<UInt8>], _ version: WALVersion) -> Read {
        var read = Read()
        var reader = WALReader(
            at: LSN(start),
            version: version,
            segmentSize: .standard,
            systemIdentifier: nil
        )
        var builder = BlockMapBuilder(
            at: LSN(start),
            timeline: 1,
            version: version,
            segmentSize: .standard,
            systemIdentifier: nil,
            budget: 1 << 16
        )
        for piece in pieces where read.stop == nil {
            // Every byte of an initialised span of bytes may be read.
            let bytes = unsafe piece.span.bytes
            _ = builder.read(bytes, at: builder.position)
            read.stop = reader.read(bytes, at: reader.position) { record, references, mainData in
                read.records.append(record)
                read.references.append(references.indices.map { references[$0] })
                read.mainData.append(unsafe mainData.withUnsafeBytes { unsafe Array($0) })
            }
        }
        read.next = reader.nextRecord
        let map = builder.cut()
        read.map = read.stop == nil ? map.encoded() : []
        return read
    }

    /// A segment with the records that an input describes.
    private static func segment(of input: ArraySlice<UInt8>, _ version: WALVersion) -> [UInt8] {
        var log: [UInt8] = []
        var previous: UInt64 = 0
        var rest = input
        while rest.count >= 4 {
            let head = Array(rest.prefix(4))
            let body = Array(rest.dropFirst(4).prefix(Int(head[2]) | Int(head[3]) << 8))
            rest = rest.dropFirst(4 + body.count)
            beginPage(&log, remaining: 0, version)
            let place = start + UInt64(log.count)
            var record = little(UInt32(24 + body.count)) + little(UInt32(900)) + little(previous)
            record += [head[1], head[0], 0, 0]
            var sum = CRC32C(body)
            sum.update(record)
            put(record + little(sum.value) + body, into: &log, version)
            previous = place
        }
        return log
    }

    private static func put(
        _ record: [UInt8],
        into log: inout [UInt8],
        _ version: WALVersion
    ) {
        var rest = record[...]
        while !rest.isEmpty {
            beginPage(&log, remaining: rest.count, version)
            let part = rest.prefix(8192 - log.count % 8192)
            log += part
            rest = rest.dropFirst(part.count)
        }
        log += [UInt8](repeating: 0, count: (8 - log.count % 8) % 8)
    }

    /// Writes the head of a page where one begins.
    private static func beginPage(
        _ log: inout [UInt8],
        remaining: Int,
        _ version: WALVersion
    ) {
        guard log.count % 8192 == 0 else { return }
        let isLong = log.isEmpty
        let flags: UInt16 = (isLong ? 2 : 0) | (remaining > 0 && !isLong ? 1 : 0)
        log += little(version.rawValue) + little(flags) + little(UInt32(1))
        log += little(start + UInt64(log.count) - 8) + little(UInt32(isLong ? 0 : remaining))
        log += [0, 0, 0, 0]
        guard isLong else { return }
        log += little(UInt64(77)) + little(UInt32(SegmentSize.standard.bytes))
        log += little(UInt32(8192))
    }

    private static func little(_ value: some FixedWidthInteger) -> [UInt8] {
        stride(from: 0, to: value.bitWidth, by: 8).map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
