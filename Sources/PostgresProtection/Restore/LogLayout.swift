internal import Model
internal import PostgresWire
internal import Protection
internal import Sealing
internal import SystemIO
internal import SystemPackage
internal import Vault

/// Lays the log out as the segment files that a server asks for, in `lifeboat/wal` of the data directory.
struct LogLayout {
    let log: LogReader
    let identities: [AgeIdentity]
    let path: TimelinePath
    let end: LSN
    let size: SegmentSize
    let folder: ClusterFolder

    /// Writes every segment and history file, and the lists of what is there and what does not exist.
    func write(progress: ProgressReporter) async throws(Fault) {
        try folder.makeDirectory("lifeboat")
        try folder.makeDirectory("lifeboat/wal")
        var present: [String] = []
        for stretch in path.stretches {
            present += try await write(stretch, progress: progress)
            if log.histories[stretch.timeline] != nil {
                let history = try await log.history(epoch: stretch.timeline, identities: identities)
                let name = TimelineHistory.fileName(stretch.timeline)
                try folder.write(history, to: "lifeboat/wal/\(name)")
                present.append(name)
            }
        }
        let absent = RestoreScript.absent(after: end, on: path, size: size)
            .filter { !present.contains($0) }
        try folder.write(lines(present), to: "lifeboat/present")
        try folder.write(lines(absent), to: "lifeboat/absent")
        try folder.write(Array(RestoreScript.text.utf8), to: "lifeboat/fetch.sh", mode: 0o700)
    }

    private func lines(_ names: [String]) -> [UInt8] {
        Array(names.map { $0 + "\n" }.joined().utf8)
    }

    private func write(
        _ stretch: TimelinePath.Stretch,
        progress: ProgressReporter
    ) async throws(Fault) -> [String] {
        let stop = stretch.to ?? end
        let start = LSN(stretch.from.value / size.bytes * size.bytes)
        guard start < stop else { return [] }
        var names: [String] = []
        var open: OpenSegment?
        try await log.read(
            epoch: stretch.timeline,
            from: start.value,
            to: stop.value,
            identities: identities
        ) { position, bytes async throws(Fault) in
            var position = LSN(position)
            var rest = bytes
            while !rest.isEmpty {
                guard
                    let name = SegmentName(
                        timeline: stretch.timeline,
                        containing: position,
                        size: size
                    ),
                    let offset = name.offset(of: position)
                else {
                    throw Fault(
                        .invalidValue,
                        "unable to lay out the log at \(position): it has no segment"
                    )
                }
                if open?.name != name {
                    try open?.finish()
                    open = try OpenSegment(name, in: folder)
                    names.append(name.description)
                }
                let count = min(rest.count, Int(size.bytes) - offset)
                try open?.write(rest.prefix(count), at: offset)
                rest = rest.dropFirst(count)
                position = position + UInt64(count)
                progress(.advanced(Int64(count)))
            }
        }
        try open?.finish()
        return names
    }
}

/// A segment file that is being written.
final class OpenSegment {
    let name: SegmentName
    private let file: Descriptor
    private let path: FilePath
    private let folder: ClusterFolder

    /// Makes the file; what is not written stays zero, which ends the log for its reader.
    init(_ name: SegmentName, in folder: ClusterFolder) throws(Fault) {
        self.name = name
        self.folder = folder
        path = folder.path.appending("lifeboat/wal/\(name)")
        let file = try Descriptor.open(path, .write, create: .exclusive(0o600))
        try file.resize(to: Int64(name.size.bytes))
        self.file = file
    }

    func write(_ bytes: ArraySlice<UInt8>, at offset: Int) throws(Fault) {
        try file.write(bytes, at: Int64(offset))
    }

    /// Brings the file to the disk.
    func finish() throws(Fault) {
        try file.synchronizeData()
        try folder.own(path)
    }
}
