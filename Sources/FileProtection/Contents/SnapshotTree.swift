internal import FileTrees
public import Model
internal import Protection
public import Sealing
internal import SystemIO
public import SystemPackage
public import Vault

/// What one snapshot holds, path by path, to look into; nothing is written anywhere.
///
/// The history of a configuration is not shown: it is a repository, and git looks into that.
public struct SnapshotTree: Sendable {
    private let vault: Vault
    private let identities: [AgeIdentity]
    /// The snapshot.
    public let snapshot: Snapshot

    /// Names a snapshot, and what opens its manifest; contents need an identity of a recipient.
    public init(_ vault: Vault, snapshot: Snapshot, identities: [AgeIdentity]) {
        self.vault = vault
        self.snapshot = snapshot
        self.identities = identities
    }

    /// Hands out the entries that a question means, in their order.
    ///
    /// - Throws: `E-KEY-WRONG` when no identity opens the manifest, what reading the vault and `body` throw.
    public func forEach(
        _ query: ContentQuery,
        _ body: (ManifestEntry) throws(Fault) -> Void
    ) async throws(Fault) {
        let walk = try await walk(query)
        while let (entry, _) = try await walk.next() { try body(entry) }
    }

    /// Hands out what became of each path from this snapshot to a later one, in one order; both are read once, beside each other.
    ///
    /// - Throws: as ``forEach(_:_:)``.
    public func differences(
        to later: SnapshotTree,
        _ query: ContentQuery,
        _ body: (ContentChange) async throws(Fault) -> Void
    ) async throws(Fault) {
        let (old, new) = (try await walk(query), try await later.walk(query))
        var (before, after) = (try await old.next(), try await new.next())
        while before != nil || after != nil {
            try Cancellation.check("compare two snapshots")
            if let removed = before, after.map({ removed.path < $0.path }) ?? true {
                try await body(ContentChange(removed: removed.entry))
                before = try await old.next()
            } else if let added = after, before.map({ added.path < $0.path }) ?? true {
                try await body(ContentChange(added: added.entry))
                after = try await new.next()
            } else if let first = before, let second = after {
                if let change = ContentChange(first.entry, second.entry) { try await body(change) }
                (before, after) = (try await old.next(), try await new.next())
            }
        }
    }

    /// Hands out the content of one file, front to back; of a secret the plain text, unless `isSealed`.
    ///
    /// - Throws: `E-FILES-PATH` when the snapshot holds no file there; `E-FILES-DAMAGED` when it is not what was backed up, after
    ///   its bytes were handed out; `E-KEY-WRONG`, what reading the vault and `body` throw.
    public func read(
        _ path: FilePath,
        isSealed: Bool = false,
        _ body: (ArraySlice<UInt8>) throws(Fault) -> Void
    ) async throws(Fault) {
        let isSecret = snapshot.head.kind == .secrets
        var wanted = ProtectedRoots.place(of: path.lexicallyNormalized()).bytes
        if isSecret { wanted = SealedName.sealed(wanted) }
        guard var found = try await find(wanted) else { throw missing(path) }
        if found.entry.kind == .hardLink {
            guard let first = try await find(found.entry.target) else { throw missing(path) }
            found = first
        }
        let (entry, pageKey) = found
        guard entry.kind == .file else { throw missing(path) }
        let contents = try ContentReader(vault, snapshot: snapshot, identities: identities)
        if isSecret, !isSealed {
            let plain = try await SecretsRestore.open(
                entry,
                contents,
                pageKey: pageKey,
                identities: identities
            )
            return try body(plain[...])
        }
        var check = ContentCheck(entry, pageKey: pageKey)
        try await contents.read(entry) { (piece) throws(Fault) in
            try Cancellation.check("read '\(path.displayed)'")
            check.update(piece)
            try body(piece)
        }
        guard check.finish() else {
            throw Fault(
                .filesDamaged,
                "unable to read '\(path.displayed)': it is not what was backed up",
                hints: [
                    "Do not use what came of it. Run `lifeboat check`, and take another snapshot or copy."
                ]
            )
        }
    }

    /// The content of a file that this snapshot handed out; nil when it is larger than `limit`.
    ///
    /// - Throws: `E-FILES-DAMAGED`, `E-KEY-WRONG`, and what reading the vault throws.
    public func content(
        of entry: ManifestEntry,
        limit: ByteCount
    ) async throws(Fault) -> [UInt8]? {
        guard entry.kind == .file, entry.size <= limit.bytes else { return nil }
        let contents = try ContentReader(vault, snapshot: snapshot, identities: identities)
        var bytes: [UInt8] = []
        try await contents.read(entry) { (piece) throws(Fault) in bytes += piece }
        guard case .sha256(let expected) = entry.digest else { return nil }
        var digest = DigestStream()
        digest.update(bytes)
        guard digest.finish() == expected else {
            throw Fault(
                .filesDamaged,
                "unable to read '/\(entry.displayedPath)': it is not what was backed up",
                hints: ["Run `lifeboat check`, and take another snapshot or copy."]
            )
        }
        return bytes
    }

    private func find(
        _ path: [UInt8]
    ) async throws(Fault) -> (entry: ManifestEntry, pageKey: [UInt8])? {
        let manifest = try await vault.manifest(of: snapshot, identities: identities)
        while let entry = try await manifest.next() {
            if entry.path == path { return (entry, manifest.pageKey) }
        }
        return nil
    }

    private func missing(_ path: FilePath) -> Fault {
        Fault(
            .pathMissing,
            "unable to read '\(path.displayed)': snapshot \(snapshot.id.seq) of '\(snapshot.id.stream.component)' holds no file there",
            hints: ["See where it was: lifeboat ls STACK/COMPONENT --all --find NAME"]
        )
    }

    private func walk(_ query: ContentQuery) async throws(Fault) -> Walk {
        Walk(
            manifest: try await vault.manifest(of: snapshot, identities: identities),
            query: query,
            hidesHistory: snapshot.head.facts["history"] != nil
        )
    }

    /// The entries of a manifest that a question means.
    private struct Walk {
        let manifest: ManifestReader
        let query: ContentQuery
        let hidesHistory: Bool

        func next() async throws(Fault) -> (entry: ManifestEntry, path: TreePath)? {
            while let entry = try await manifest.next() {
                try Cancellation.check("look into a snapshot")
                guard let path = TreePath(entry.path),
                    query.takes(path, isDirectory: entry.kind == .directory),
                    !(hidesHistory && HistoryPlace.inside(entry.path) != nil)
                else { continue }
                return (entry, path)
            }
            return nil
        }
    }
}
