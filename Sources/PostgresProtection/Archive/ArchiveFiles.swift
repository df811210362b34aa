internal import Model
internal import PostgresWire
internal import SystemIO
internal import SystemPackage

/// The log files below a folder that some other tool has filled.
struct ArchiveFiles {
    /// One of them.
    struct File: Sendable {
        let path: FilePath
        /// The name that the server gave it.
        let name: String
        /// The program that unpacks it; nil for a plain file.
        let program: String?

        /// Its bytes.
        ///
        /// - Throws: `E-COMMAND-MISSING`, `E-COMMAND-FAILED`, `E-IO-…`.
        func read() async throws(Fault) -> [UInt8] {
            guard let program else {
                return try DurableFile.read(path, limit: WALSpool.fileLimit)
            }
            do throws(Fault) {
                return try await Command(program, arguments: ["-dc", "--", path.string])
                    .runSuccessfully(outputLimit: Int(WALSpool.fileLimit.bytes))
            } catch  where error.code == .commandMissing {
                throw error.adding(hint: "Install it (Debian: apt-get install \(program)).")
            }
        }
    }

    /// The programs that unpack files, by what the names end with.
    private static let programs = ["gz": "gzip", "zst": "zstd", "lz4": "lz4"]
    /// Tools sort an archive into folders of folders, none deeper than this.
    private static let depth = 8

    /// The files, segments in the order of the log, then histories.
    private(set) var files: [File] = []
    /// How many other files are there.
    private(set) var others = 0

    /// Looks for them; no symbolic link is followed below the folder.
    ///
    /// Cost: the names are held in memory, about 200 bytes each.
    ///
    /// - Throws: `E-IO-…`.
    init(_ folder: FilePath) throws(Fault) {
        try walk(try Directory.open(folder), Self.depth)
        let whole = Set(files.map(\.name))
        // A segment that was filled later holds what the unfilled one holds.
        files.removeAll {
            $0.name.hasSuffix(".partial") && whole.contains(String($0.name.dropLast(8)))
        }
        files.sort { left, right in
            let (first, second) = (
                left.name.hasSuffix(".history"), right.name.hasSuffix(".history")
            )
            return first == second
                ? (left.name, left.path.string) < (right.name, right.path.string) : second
        }
    }

    private mutating func walk(_ folder: borrowing Directory, _ depth: Int) throws(Fault) {
        for name in try folder.names() {
            guard let status = try folder.status(of: name) else { continue }
            if status.isDirectory, depth > 0 {
                try walk(try folder.child(name), depth - 1)
            } else if status.isRegular, let file = Self.file(folder.path.appending(name)) {
                files.append(file)
            } else {
                others += 1
            }
        }
    }

    private static func file(_ path: FilePath) -> File? {
        var name = path.lastName?.description ?? ""
        let suffix = name.split(separator: ".").last.map(String.init) ?? ""
        let program = programs[suffix]
        if program != nil { name = String(name.dropLast(suffix.count + 1)) }
        switch ArchiveName(name) {
        case .segment?, .partial?, .history?:
            return File(path: path, name: name, program: program)
        case .backupNote?, nil: return nil
        }
    }

    /// Refuses a folder that holds the log of several clusters, as far as plain files show it.
    ///
    /// - Throws: `E-PG-FOREIGN`, `E-IO-…`.
    func requireOne(_ known: String?) throws(Fault) -> String? {
        var known = known
        for file in files where file.program == nil && !file.name.hasSuffix(".history") {
            let bytes = try Descriptor.openOrdinary(file.path).read(upTo: SegmentHeader.size, at: 0)
            // What is damaged is told when it is its turn.
            guard let header = try? SegmentHeader(parsing: bytes, of: file.name) else { continue }
            let source = String(header.systemIdentifier)
            if let known, known != source {
                throw ArchivedFile.foreign(file.path.displayed, source, expected: known)
            }
            known = source
        }
        return known
    }
}
