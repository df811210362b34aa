internal import Model
internal import PostgresWire
internal import Vault

/// A file of a server's archive, whole and examined.
struct ArchivedFile {
    /// What it holds.
    enum Content {
        case history(timeline: UInt32)
        /// The segment, and what its first page says.
        case segment(SegmentName, SegmentHeader)
    }

    /// Its name, as the server gave it.
    let name: String
    let content: Content
    /// Its bytes; of a segment that was not filled those up to the end of the last whole record, which may be none.
    let bytes: [UInt8]
    /// The newest commit in it.
    let commit: LogHead.Heartbeat?
    /// When the newest of it was written, as far as is known.
    let time: Instant

    /// Examines a file.
    ///
    /// `time`: when it was handed over.
    ///
    /// - Throws: `E-WAL-FORM` when it is not what its name says, `E-PG-VERSION`, `E-PG-FORMAT`.
    init(_ name: String, _ bytes: [UInt8], time: Instant) throws(Fault) {
        self.name = name
        switch ArchiveName(name) {
        case .history(let timeline)?:
            _ = try TimelineHistory(timeline: timeline, parsing: bytes)
            guard !bytes.isEmpty else { throw Self.fault(name, "it is empty") }
            content = .history(timeline: timeline)
            self.bytes = bytes
            commit = nil
            self.time = time
        case .segment?, .partial?:
            let (segment, header) = try Self.identified(name, bytes, length: bytes.count)
            let scan = SegmentScan(bytes, header)
            content = .segment(segment, header)
            // What follows the last record of a segment that was not filled is what the file held before.
            let isPartial = name.hasSuffix(".partial")
            let length = Int(min(scan.end, segment.end) - segment.start)
            self.bytes = isPartial ? Array(bytes.prefix(length)) : bytes
            commit = scan.commit
            self.time = scan.commit?.time ?? time
        case .backupNote?, nil: throw Self.fault(name, "it holds no log")
        }
    }

    /// The segment and its header, of the beginning of a file and its length.
    ///
    /// - Throws: `E-WAL-FORM` when they contradict each other, `E-PG-VERSION`, `E-PG-FORMAT`.
    static func identified(
        _ name: String,
        _ bytes: [UInt8],
        length: Int
    ) throws(Fault) -> (SegmentName, SegmentHeader) {
        let header = try SegmentHeader(parsing: bytes, of: name)
        let isPartial = name.hasSuffix(".partial")
        guard let segment = SegmentName(name.prefix(24), size: header.segmentSize) else {
            throw fault(name, "segments of \(header.segmentSize.bytes) bytes have no such name")
        }
        guard segment.start == header.position else {
            throw fault(name, "its first page is of position \(header.position)")
        }
        guard header.timeline <= segment.timeline else {
            throw fault(name, "its first page is of timeline \(header.timeline)")
        }
        let size = Int(header.segmentSize.bytes)
        guard isPartial ? length <= size : length == size else {
            throw fault(name, "it has \(length) bytes instead of \(size)")
        }
        return (segment, header)
    }

    /// The cluster that it is of: what it says itself, which must be what is expected; a history does not say it.
    ///
    /// - Throws: `E-PG-FOREIGN`, or `E-WAL-FORM` when nobody knows.
    func source(expected: String?) throws(Fault) -> String {
        guard case .segment(_, let header) = content else {
            guard let expected else {
                throw Self.fault(name, "nobody knows of which cluster it is")
            }
            return expected
        }
        let own = String(header.systemIdentifier)
        guard let expected, expected != own else { return own }
        throw Self.foreign(name, own, expected: expected)
    }

    /// What is said of a file of another cluster.
    static func foreign(_ name: String, _ source: String, expected: String) -> Fault {
        Fault(
            .foreignCluster,
            "unable to take log file '\(name)': it is of cluster \(source), the log here is that of \(expected)",
            hints: [
                "Give the new cluster a component of its own in the configuration, and name it: lifeboat wal push %p STACK/COMPONENT",
                "A test restore must not archive: set archive_mode = off there.",
            ]
        )
    }

    private static func fault(_ name: String, _ fact: String) -> Fault {
        Fault(
            .walForm,
            "unable to take log file '\(name)': \(fact)",
            hints: [
                "Let the server hand over its own files: archive_command = 'lifeboat wal push %p'"
            ]
        )
    }
}
