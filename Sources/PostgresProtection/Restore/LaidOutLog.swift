internal import Model
internal import PostgresWire
internal import SystemIO
internal import Vault

/// The log that a restore has laid out for the server: what was found in it, and how it is changed.
///
/// In a restore every tablespace gets a place of its own, wherever it was made. So the records that would make one at its
/// original path, where another server may live, are disarmed in the files that the server replays. Once it has
/// replayed them they are armed again in its own log: what it archives or streams later is the log that was backed up.
struct LaidOutLog {
    /// The folder of the files that the server asks for.
    static let folder = "lifeboat/wal"

    /// Where it lies in the data directory.
    let place: String
    /// The records that make tablespaces.
    let tablespaces: [TablespaceRecord]
    /// Where the last whole record begins; nil when there is none.
    let lastRecord: LSN?
    /// The removal that the server must stop before, though its target lies behind it; nil when there is none.
    let early: LSN?
    /// The size of the segments.
    let size: SegmentSize

    /// Disarms every record that makes a tablespace, on each timeline that has it.
    ///
    /// - Throws: `E-VAULT-DAMAGED` when one is not where it was seen.
    func disarm(in folder: ClusterFolder) throws(Fault) {
        for record in tablespaces {
            let count = try replace(record, in: folder, place, TablespaceRecord.disarmed)
            guard count > 0 else {
                throw Fault(
                    .damaged,
                    "unable to lay out the log: the record at \(record.position) is not what it was"
                )
            }
        }
    }

    /// Arms them again in the log of the server that has replayed them and stands still.
    func rearm(in folder: ClusterFolder) throws(Fault) {
        for record in tablespaces {
            _ = try replace(record, in: folder, "pg_wal", TablespaceRecord.armed)
        }
    }

    /// Replaces a record in the segment files of all timelines; gives in how many of them.
    private func replace(
        _ record: TablespaceRecord,
        in folder: ClusterFolder,
        _ relative: String,
        _ turn: ([UInt8]) -> [UInt8]?
    ) throws(Fault) -> Int {
        let segments = try folder.names(in: relative)
            .compactMap { SegmentName($0.description, size: size) }
        let timelines = segments.filter { $0.offset(of: record.position) != nil }.map(\.timeline)
        let places = TablespaceRecord.places(
            of: record.length,
            from: record.position,
            segmentSize: size
        )
        var count = 0
        for timeline in timelines {
            var files: [String] = []
            for place in places {
                let name = SegmentName(
                    timeline: timeline,
                    containing: LSN(place.lowerBound),
                    size: size
                )
                guard let name, segments.contains(name) else { break }
                files.append("\(relative)/\(name)")
            }
            // A timeline that ends inside the record has no such record.
            guard files.count == places.count else { continue }
            if try replace(Array(zip(files, places)), in: folder, turn) { count += 1 }
        }
        return count
    }

    private func replace(
        _ parts: [(file: String, place: Range<UInt64>)],
        in folder: ClusterFolder,
        _ turn: ([UInt8]) -> [UInt8]?
    ) throws(Fault) -> Bool {
        var bytes: [UInt8] = []
        for part in parts {
            let file = try folder.openFile(part.file, .read)
            let offset = Int64(part.place.lowerBound % size.bytes)
            bytes += try file.read(upTo: part.place.count, at: offset)
        }
        guard var rest = turn(bytes)?[...] else { return false }
        for part in parts {
            let file = try folder.openFile(part.file, .readWrite)
            try file.write(
                rest.prefix(part.place.count),
                at: Int64(part.place.lowerBound % size.bytes)
            )
            try file.synchronizeData()
            rest = rest.dropFirst(part.place.count)
        }
        return true
    }
}
