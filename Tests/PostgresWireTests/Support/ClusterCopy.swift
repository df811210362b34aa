import Foundation
import Model
import PostgresWire

/// Lays the archives of a base backup out in a directory and remembers what the tests ask about.
final class ClusterCopy {
    let root: URL
    private(set) var start = LSN(0)
    private(set) var stop = LSN(0)
    private(set) var timeline: UInt32 = 0
    private(set) var tablespaces: [Tablespace] = []
    /// The paths below the data directory in the order of arrival.
    private(set) var paths: [String] = []
    private var reader = TarReader()
    private var prefix = ""
    private var isData = false
    private var file: FileHandle?

    init(root: URL) throws {
        self.root = root
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    }

    func take(_ event: BaseBackupEvent) throws {
        switch event {
        case .began(let start, let timeline, let tablespaces):
            (self.start, self.timeline, self.tablespaces) = (start, timeline, tablespaces)
        case .beginArchive(let archive):
            reader = TarReader()
            isData = archive == .dataDirectory
            prefix = ""
            if case .tablespace(let tablespace) = archive {
                prefix = "pg_tblspc/\(tablespace.oid)/"
            }
            let folder = root.appending(path: prefix)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        case .bytes(let bytes):
            reader.receive(bytes[...])
            while let event = try reader.next() { try take(event) }
        case .endArchive: try reader.finish()
        case .ended(let stop, _): self.stop = stop
        }
    }

    private func take(_ event: TarEvent) throws {
        switch event {
        case .entry(let entry):
            let path = prefix + entry.name
            let place = root.appending(path: path)
            if isData { paths.append(entry.name) }
            switch entry.kind {
            case .directory:
                try FileManager.default.createDirectory(
                    at: place,
                    withIntermediateDirectories: true
                )
            case .file:
                try Data().write(to: place)
                file = try FileHandle(forWritingTo: place)
            case .symbolicLink: throw Fault(.invalidValue, "unable to place link '\(path)'")
            }
        case .bytes(let bytes): try file?.write(contentsOf: bytes)
        case .endEntry:
            try file?.close()
            file = nil
        case .end: break
        }
    }
}

/// The relation files below a directory, with their content.
func relationFiles(below root: URL) throws -> [(file: RelationFile, bytes: [UInt8])] {
    let paths = try FileManager.default.subpathsOfDirectory(atPath: root.path)
    return try paths.compactMap { path in
        guard let file = RelationFile(path: path) else { return nil }
        return (file, [UInt8](try Data(contentsOf: root.appending(path: path))))
    }
}

/// How many pages of a file have each verdict: right, zero, changed since, damaged.
func verdicts(_ file: RelationFile, _ bytes: [UInt8], start: LSN?) -> [Int] {
    var counts = [0, 0, 0, 0]
    let span = bytes.span.bytes
    for index in 0..<bytes.count / 8192 {
        let page = span.extracting(index * 8192..<(index + 1) * 8192)
        let block = file.firstBlock + UInt32(index)
        switch PageVerdict.verify(page, block: block, backupStart: start) {
        case .valid: counts[0] += 1
        case .zero: counts[1] += 1
        case .changedSince: counts[2] += 1
        case .damaged: counts[3] += 1
        }
    }
    return counts
}
