public import Model
public import Sealing
public import Vault

extension VaultFixture {
    /// Backs up files, each in the shape that its path says, with the folders above them.
    ///
    /// - Throws: What the session throws.
    @discardableResult public func backUp(_ files: [String: [UInt8]]) async throws(Fault)
        -> Snapshot
    {
        let time = clock?.now() ?? time
        return try await vault.backUp(request, keys: keys) { session async throws(Fault) in
            for path in Self.paths(of: files) {
                guard let bytes = files[path] else {
                    var folder = ManifestEntry(
                        path: Array(path.utf8),
                        kind: .directory,
                        mode: 0o750
                    )
                    folder.modified = Self.modified(path)
                    try session.add(folder)
                    continue
                }
                let content = try await Self.store(bytes, FileShape(path: path), in: session)
                var file = ManifestEntry(path: Array(path.utf8), kind: .file, mode: 0o640)
                file.modified = Self.modified(path)
                try session.add(file, content: content)
            }
            return BackupDraft(time: time, facts: ["files": "\(files.count)"])
        }
    }

    /// Reads a whole snapshot back: the manifest to its end, all contents, each checked against its digest.
    ///
    /// No identities mean the one that opens everything.
    ///
    /// - Throws: What reading throws; `E-VAULT-DAMAGED` when a file is not what its digest says.
    public func restore(
        _ snapshot: Snapshot,
        identities: [AgeIdentity]? = nil,
        workers: Int = 3
    ) async throws(Fault) -> [String: [UInt8]] {
        let identities = identities ?? [identity]
        let manifest = try await vault.manifest(of: snapshot, identities: identities)
        let contents = try ContentRestore(
            vault,
            snapshot: snapshot,
            identities: identities,
            temporary: state.path
        )
        var entries: [ManifestEntry] = []
        while let entry = try await manifest.next() {
            guard entry.kind == .file else { continue }
            guard entry.size < 1 << 30 else { throw Self.wrong(entry) }
            try contents.add(entry, file: UInt32(entries.count))
            entries.append(entry)
        }
        let sink = MemorySink(entries.map { Int($0.size) })
        try await contents.run(into: sink, workers: workers) { _ in }
        var files: [String: [UInt8]] = [:]
        for (entry, bytes) in zip(entries, sink.contents) {
            var check = ContentCheck(entry, pageKey: manifest.pageKey)
            check.update(bytes[...])
            guard check.finish() else { throw Self.wrong(entry) }
            files[entry.displayedPath] = bytes
        }
        return files
    }

    /// Every entry of a snapshot.
    ///
    /// - Throws: What reading throws.
    public func entries(
        of snapshot: Snapshot,
        identities: [AgeIdentity]? = nil
    ) async throws(Fault) -> [ManifestEntry] {
        let manifest = try await vault.manifest(
            of: snapshot,
            identities: identities ?? [identity]
        )
        var entries: [ManifestEntry] = []
        while let entry = try await manifest.next() { entries.append(entry) }
        return entries
    }

    /// Stores bytes in a shape.
    ///
    /// - Throws: What the session throws.
    public static func store(
        _ bytes: [UInt8],
        _ shape: FileShape,
        in session: BackupSession
    ) async throws(Fault) -> Content {
        switch shape {
        case .pages(let pageBytes):
            let writer = session.pages(pageBytes: pageBytes)
            try await writer.write(bytes[...])
            return try await writer.finish()
        case .chunks:
            let writer = session.chunks(sizeHint: Int64(bytes.count))
            try await writer.write(bytes[...])
            return try await writer.finish()
        case .sparse:
            let writer = session.chunks(sizeHint: Int64(bytes.count))
            for start in stride(from: 0, to: bytes.count, by: FileShape.holeBytes) {
                let block = bytes[start..<min(start + FileShape.holeBytes, bytes.count)]
                if block.allSatisfy({ $0 == 0 }) {
                    try await writer.writeHole(Int64(block.count))
                } else {
                    try await writer.write(block)
                }
            }
            return try await writer.finish()
        }
    }

    /// When a path was last changed; every path has its own time.
    private static func modified(_ path: String) -> Instant {
        Instant(
            nanoseconds: path.utf8.reduce(1_700_000_000) {
                ($0 &* 31 &+ Int64($1)) & 0xff_ffff_ffff
            }
        )
    }

    /// Files and the folders above them, by component.
    private static func paths(of files: [String: [UInt8]]) -> [String] {
        var paths = Set(files.keys)
        for path in files.keys {
            let parts = path.split(separator: "/")
            for count in 1..<max(parts.count, 1) {
                paths.insert(parts.prefix(count).joined(separator: "/"))
            }
        }
        return paths.sorted { left, right in
            left.split(separator: "/").lexicographicallyPrecedes(right.split(separator: "/")) {
                $0.utf8.lexicographicallyPrecedes($1.utf8)
            }
        }
    }

    private static func wrong(_ entry: ManifestEntry) -> Fault {
        Fault(
            .damaged,
            "unable to restore file '\(entry.displayedPath)': its bytes are not its own"
        )
    }
}
