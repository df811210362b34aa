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
    let base: BaseRecord
    let path: TimelinePath
    let end: LSN
    let folder: ClusterFolder
    /// Whether it goes to `pg_wal`, as if a standby had received it.
    ///
    /// A partial last segment must not come from a `restore_command` there: after a restart the server would take it for the whole one,
    /// in place of what it has streamed since.
    var isForStandby = false
    /// What looks for removals that the server must not replay; nil when it replays all that it is told.
    var early: EarlyStop?

    private var place: String { isForStandby ? "pg_wal" : LaidOutLog.folder }
    private var size: SegmentSize { base.segmentSize }

    /// Writes every segment and history file, and the lists of what is there and what does not exist.
    ///
    /// - Throws: `E-VAULT-DAMAGED` when a server could not read all of it, what reading the vault and writing throw.
    func write(progress: ProgressReporter) async throws(Fault) -> LaidOutLog {
        if isForStandby {
            try folder.makeDirectory(place)
        } else {
            try folder.makeDirectory("lifeboat")
            try folder.makeDirectory(place)
        }
        var present: [String] = []
        var tablespaces: [TablespaceRecord] = []
        var lastRecord: LSN?
        var early = early
        for stretch in path.stretches {
            let scan = try LogScan(base, from: stretch.from)
            scan.early = early
            present += try await write(stretch, scan, progress: progress)
            early = scan.early
            tablespaces += scan.tablespaces
            lastRecord = scan.lastRecord ?? lastRecord
            if log.histories[stretch.timeline] != nil {
                let history = try await log.history(epoch: stretch.timeline, identities: identities)
                let name = TimelineHistory.fileName(stretch.timeline)
                try folder.write(history, to: "\(place)/\(name)")
                present.append(name)
            }
        }
        if !isForStandby { try writeScript(present) }
        try folder.synchronize(place)
        return LaidOutLog(
            place: place,
            tablespaces: tablespaces,
            lastRecord: lastRecord,
            early: early?.position,
            size: size
        )
    }

    /// Writes what `restore_command` runs, and the lists that it looks into.
    private func writeScript(_ names: [String]) throws(Fault) {
        let present = names + (try markTimelines())
        let absent = RestoreScript.absent(after: end, on: path, size: size, newest: newest)
            .filter { !present.contains($0) }
        try folder.write(lines(present), to: "lifeboat/present")
        try folder.write(lines(absent), to: "lifeboat/absent")
        try folder.write(Array(RestoreScript.text.utf8), to: "lifeboat/fetch.sh", mode: 0o700)
    }

    /// The highest timeline that the vault knows.
    private var newest: UInt32 {
        max(path.last, log.pieces.map(\.epoch).max() ?? 0, log.histories.keys.max() ?? 0)
    }

    /// Marks every number of a timeline that is taken: a server that ends recovery takes the first one without a history file,
    /// and two timelines of one number could not be told apart.
    ///
    /// It only asks whether there is such a file.
    private func markTimelines() throws(Fault) -> [String] {
        var names: [String] = []
        for timeline in path.last..<newest {
            let name = TimelineHistory.fileName(timeline + 1)
            try folder.write(Array("# taken\n".utf8), to: "\(LaidOutLog.folder)/\(name)")
            names.append(name)
        }
        return names
    }

    private func lines(_ names: [String]) -> [UInt8] {
        Array(names.map { $0 + "\n" }.joined().utf8)
    }

    private func write(
        _ stretch: TimelinePath.Stretch,
        _ scan: LogScan,
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
            try scan.read(bytes, at: position)
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
                    open = try OpenSegment(name, in: folder, place)
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

    /// Makes the file; what is not written stays zero, which ends the log for its reader.
    init(_ name: SegmentName, in folder: ClusterFolder, _ place: String) throws(Fault) {
        self.name = name
        let file = try folder.makeFile("\(place)/\(name)")
        try file.resize(to: Int64(name.size.bytes))
        self.file = file
    }

    func write(_ bytes: ArraySlice<UInt8>, at offset: Int) throws(Fault) {
        try file.write(bytes, at: Int64(offset))
    }

    /// Brings the file to the disk.
    func finish() throws(Fault) {
        try file.synchronizeData()
    }
}
