import Foundation
import Model
import PostgresWire
import TestKit

/// Reads a server's log and compares each record with a ``WALDump``, a part after the other.
struct WALComparison: ~Copyable {
    private let server: PostgresServer
    private let size: SegmentSize
    private var reader: WALReader
    private(set) var count = 0
    private(set) var references = 0
    private(set) var kinds: [UInt8: Int] = [:]
    private(set) var differences: [String] = []

    init(server: PostgresServer, version: WALVersion, start: LSN, size: SegmentSize) {
        self.server = server
        self.size = size
        reader = WALReader(at: start, version: version, segmentSize: size, systemIdentifier: nil)
    }

    /// Goes on to a position that is the beginning of a segment.
    mutating func compare(upTo end: LSN, _ generator: inout SeededGenerator) throws {
        while reader.position < end, differences.isEmpty {
            let part = min(end, reader.position + max(size.bytes, 32 << 20))
            let from = count == 0 ? reader.position : reader.nextRecord
            let folder = server.data.appending(path: "pg_wal").path
            guard let first = SegmentName(timeline: 1, containing: from, size: size),
                let last = SegmentName(
                    timeline: 1,
                    containing: LSN(part.value - 1),
                    size: size
                )
            else { return }
            let segments = (first: first, last: last)
            var dump = try WALDump(
                server,
                folder: folder,
                segments: segments,
                from: from,
                to: part
            )
            var records: [WALDump.Record] = []
            while reader.position < part {
                guard
                    let segment = SegmentName(timeline: 1, containing: reader.position, size: size)
                else { return }
                let bytes = [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/\(segment)")))
                try read(bytes, into: &records, &generator)
            }
            for record in records { compare(record, dump.next()) }
            if let more = dump.next() { differences.append("not read: \(more)") }
        }
    }

    private mutating func read(
        _ bytes: [UInt8],
        into records: inout [WALDump.Record],
        _ generator: inout SeededGenerator
    ) throws {
        var place = 0
        while place < bytes.count {
            let length = min(bytes.count - place, Int.random(in: 1...131_072, using: &generator))
            let piece = bytes.span.bytes.extracting(place..<place + length)
            let stop = reader.read(piece, at: reader.position) { record, blocks, _ in
                records.append(Self.record(record, blocks))
            }
            if let stop {
                throw Fault(
                    .testServer,
                    "unable to read the log at \(stop.position): \(stop.reason)"
                )
            }
            place += length
        }
    }

    private static func record(
        _ record: WALRecord,
        _ references: Span<WALBlockReference>
    ) -> WALDump.Record {
        var images = 0
        var blocks: [WALDump.Block] = []
        for index in references.indices {
            let reference = references[index]
            images += Int(reference.imageLength)
            blocks.append(
                WALDump.Block(
                    number: reference.number,
                    relation: "\(reference.relation)",
                    fork: reference.fork,
                    block: reference.block,
                    hasImage: reference.imageLength > 0
                )
            )
        }
        return WALDump.Record(
            manager: record.resourceManager.rawValue,
            lengthWithoutImages: record.length - images,
            length: record.length,
            transaction: record.transaction,
            start: record.start,
            previous: record.previous,
            blocks: blocks
        )
    }

    private mutating func compare(_ ours: WALDump.Record, _ theirs: WALDump.Record?) {
        count += 1
        references += ours.blocks.count
        kinds[ours.manager, default: 0] += 1
        guard ours != theirs, differences.count < 5 else { return }
        differences.append("read \(ours), printed \(theirs.map { "\($0)" } ?? "nothing")")
    }
}
