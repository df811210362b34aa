internal import Model
internal import PostgresWire
internal import SystemIO
internal import SystemPackage
internal import Vault

// The files on this host: what is at hand, and what is fetched ahead of the server.
extension ArchiveFetch {
    /// Hands out a file that waits in the spool or was fetched ahead; nil when there is none.
    ///
    /// A file that is not what its name says, of another cluster, or cut short by a power failure is passed over.
    func atHand(_ name: String, to target: FilePath, _ cluster: String?) throws(Fault) -> Origin? {
        guard case .segment? = ArchiveName(name) else { return nil }
        if let path = try spool.path(of: name), isWhole(path, name, cluster) {
            try copy(path, to: target)
            return .spool
        }
        let path = spool.ahead.appending(name)
        guard isWhole(path, name, cluster) else { return nil }
        try hand(path, to: target)
        return .ahead
    }

    private func isWhole(_ path: FilePath, _ name: String, _ cluster: String?) -> Bool {
        guard let file = try? Descriptor.openOrdinary(path), let status = try? file.status(),
            let bytes = try? file.readFully(SegmentHeader.size, at: 0),
            let header = try? ArchivedFile.identified(name, bytes, length: Int(status.size)).1
        else { return false }
        return String(header.systemIdentifier) == cluster ?? String(header.systemIdentifier)
    }

    /// Moves a file of ours where the server wants it; another file system gets a copy.
    private func hand(_ path: FilePath, to target: FilePath) throws(Fault) {
        guard let old = path.lastName, let new = target.lastName else { return }
        do throws(Fault) {
            try Directory.open(path.parent).move(old, to: try Directory.open(target.parent), new)
        } catch  where error.systemError == .improperLink {
            try copy(path, to: target)
            try FileSystem.removeFile(path)
        }
    }

    private func copy(_ path: FilePath, to target: FilePath) throws(Fault) {
        let source = try Descriptor.openOrdinary(path)
        try writing(target) { file throws(Fault) in
            var offset: Int64 = 0
            while true {
                let bytes = try source.read(upTo: 1 << 20, at: offset)
                guard !bytes.isEmpty else { return }
                try file.write(bytes, at: offset)
                offset += Int64(bytes.count)
            }
        }
    }

    /// Writes a file where the server wants it; it makes it durable itself when it keeps it.
    func write(_ bytes: [UInt8], to target: FilePath) throws(Fault) {
        try writing(target) { file throws(Fault) in try file.write(bytes, at: 0) }
    }

    private func writing(
        _ target: FilePath,
        _ body: (borrowing Descriptor) throws(Fault) -> Void
    ) throws(Fault) {
        let file = try Descriptor.open(target, .write, create: .ifMissing(0o600), truncate: true)
        do throws(Fault) {
            try body(file)
            try file.close()
        } catch {
            try? FileSystem.removeFile(target)
            throw error
        }
    }

    /// Reads a segment from the vault; what lies beyond `end` is zero.
    func fetch(
        _ segment: SegmentName,
        upTo end: UInt64,
        to target: FilePath,
        _ source: Source
    ) async throws(Fault) {
        let file = FetchedSegment(
            try Descriptor.open(target, .write, create: .ifMissing(0o600), truncate: true)
        )
        do throws(Fault) {
            try await source.log.read(
                epoch: segment.timeline,
                from: segment.start.value,
                to: end,
                identities: source.identities
            ) { position, bytes throws(Fault) in
                try file.write(bytes, at: Int64(position - segment.start.value))
            }
            try file.finish(size: Int64(segment.size.bytes))
        } catch {
            try? FileSystem.removeFile(target)
            throw error
        }
    }

    /// Fetches the segments that the server will ask for next, and removes those that it has passed.
    ///
    /// Whatever fails here fails again, and is told, when the server asks.
    func fetchAhead(of segment: SegmentName, _ coverage: LogCoverage, _ source: Source) async {
        guard (try? spool.prepare(spool.ahead)) != nil else { return }
        let count = min(Self.aheadCount, Self.aheadBytes / segment.size.bytes)
        var names: [SegmentName] = []
        var next = segment.next
        while let present = next, UInt64(names.count) < count,
            coverage.reach(from: present.start.value) ?? 0 >= present.end.value
        {
            names.append(present)
            next = present.next
        }
        tidy(except: Set(names.map(\.description)))
        await withTaskGroup(of: Void.self) { group in
            for name in names { group.addTask { try? await fetchAhead(name, source) } }
        }
    }

    private func fetchAhead(_ name: SegmentName, _ source: Source) async throws(Fault) {
        let path = spool.ahead.appending(name.description)
        guard try FileSystem.status(path) == nil, let final = path.lastName else { return }
        let temporary = FileName.temporary()
        let place = spool.ahead.appending(temporary)
        try await fetch(name, upTo: name.end.value, to: place, source)
        try Directory.open(spool.ahead).rename(temporary, to: final)
    }

    /// Another fetch may be at work there, so only what is of no use to anybody goes.
    private func tidy(except names: Set<String>) {
        guard let folder = try? Directory.open(spool.ahead), let present = try? folder.names()
        else { return }
        let old = SystemClock().now() - .seconds(3_600)
        for name in present where !names.contains(name.description) {
            let modified = (try? folder.status(of: name))??.modified
            if name.isTemporary, modified.map({ $0 > old }) ?? true { continue }
            try? folder.removeFile(name)
        }
    }
}

/// A segment on its way from the vault to a file.
private final class FetchedSegment {
    private let file: Descriptor

    init(_ file: consuming Descriptor) { self.file = file }

    func write(_ bytes: ArraySlice<UInt8>, at offset: Int64) throws(Fault) {
        try file.write(bytes, at: offset)
    }

    /// Brings it to its size and to the disk.
    func finish(size: Int64) throws(Fault) {
        try file.resize(to: size)
        try file.synchronizeData()
    }
}
