internal import Model
internal import PostgresWire
internal import SystemIO
internal import SystemPackage

/// Walks a data directory between start and stop of a backup, and hands what belongs into it to the intake.
///
/// Files that vanish meanwhile were dropped, and replay drops them too. A file is read as far as it reaches when it is
/// opened: what comes later is in the log.
struct ClusterReader {
    let intake: ClusterIntake
    let exclusions: BackupExclusions
    /// The tablespaces that the server knows: their links, and no others, are followed.
    let tablespaces: Set<UInt32>
    /// Which ranges of a file are read.
    let choice: RangeChoice

    /// How deep folders may lie; the server's own lie four deep.
    private static let depthLimit = 24

    /// Reads a folder and what is below it.
    ///
    /// - Throws: `E-PG-FORMAT` when folders lie too deep, and what reading and the intake throw.
    func read(
        _ folder: borrowing Directory,
        prefix: [UInt8] = [],
        depth: Int = 0
    ) async throws(Fault) {
        guard depth < Self.depthLimit else {
            throw Fault(
                .postgresFormat,
                "unable to read '\(folder.path.displayed)': folders lie deeper than \(Self.depthLimit)",
                hints: ["What lies there is not the server's own; remove it."]
            )
        }
        let names = try folder.names()
        let texts = Set(names.map { String(decoding: prefix + $0.bytes, as: UTF8.self) })
        for name in names {
            guard let status = try folder.status(of: name) else { continue }
            let path = prefix + name.bytes
            switch exclusions.decision(for: String(decoding: path, as: UTF8.self)) {
            case .exclude, .last: continue
            case .emptyDirectory:
                try intake.addDirectory(path, mode: status.mode, modified: status.modified)
            case .includeUnless(let initialFork) where texts.contains(initialFork): continue
            case .include, .includeUnless:
                try await include(name, path, status, in: folder, depth: depth)
            }
        }
    }

    private func include(
        _ name: FileName,
        _ path: [UInt8],
        _ status: FileStatus,
        in folder: borrowing Directory,
        depth: Int
    ) async throws(Fault) {
        switch status.kind {
        case .directory:
            let child: Directory
            do throws(Fault) {
                child = try folder.child(name)
            } catch  where error.code == .fileMissing { return }
            try intake.addDirectory(path, mode: status.mode, modified: status.modified)
            try await read(child, prefix: path + [UInt8(ascii: "/")], depth: depth + 1)
        case .symbolicLink where isTablespace(path):
            // The content of a tablespace is stored below its link's path; a restore makes the link anew.
            let target: Directory
            do throws(Fault) {
                target = try Directory.open(FilePath(bytes: try folder.readLink(name)))
            } catch  where error.code == .fileMissing { return }
            try await read(target, prefix: path + [UInt8(ascii: "/")], depth: depth + 1)
        case .regular: try await readFile(name, path, in: folder)
        default: return
        }
    }

    /// Whether a path is `pg_tblspc/NUMBER` of a tablespace that the server knows.
    private func isTablespace(_ path: [UInt8]) -> Bool {
        let parts = String(decoding: path, as: UTF8.self).split(separator: "/")
        guard parts.count == 2, parts[0] == "pg_tblspc", let oid = UInt32(parts[1]) else {
            return false
        }
        return tablespaces.contains(oid)
    }

    private func readFile(
        _ name: FileName,
        _ path: [UInt8],
        in folder: borrowing Directory
    ) async throws(Fault) {
        let file: Descriptor
        do throws(Fault) {
            file = try folder.openFile(name, .read)
        } catch  where error.code == .fileMissing { return }
        let status = try file.status()
        intake.begin(
            IncomingFile(
                path: path,
                size: status.size,
                mode: status.mode,
                modified: status.modified
            )
        )
        let listed = ListedFile(
            path: String(decoding: path, as: UTF8.self),
            size: status.size,
            modified: status.modified,
            isDirectory: false
        )
        var offset: Int64 = 0
        for range in choice.ranges(listed) + [status.size..<status.size] {
            if offset < range.lowerBound {
                try intake.keep(offset: offset, length: range.lowerBound - offset)
            }
            offset = try await read(range, of: file)
            // It was truncated, and replay truncates it too.
            if offset < range.upperBound { break }
        }
        try await intake.end { offset, length throws(Fault) in
            try file.read(upTo: length, at: offset)
        }
    }

    /// Reads a range as far as the file reaches; tells where it ended.
    private func read(
        _ range: Range<Int64>,
        of file: borrowing Descriptor
    ) async throws(Fault) -> Int64 {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let begun = ContinuousClock.now
            let count = Int(min(1 << 20, range.upperBound - offset))
            let bytes = try file.read(upTo: count, at: offset)
            intake.waited(.now - begun)
            if bytes.isEmpty { break }
            offset += Int64(bytes.count)
            try await intake.write(bytes[...])
        }
        return offset
    }
}
