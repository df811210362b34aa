internal import Model
internal import PostgresWire

/// Walks a data directory over SQL, and gives what belongs into a base backup: a directory before what is in it.
///
/// Holds the names of the directories on the way, one directory each.
final class ClusterListing {
    /// One thing that belongs into the backup.
    enum Item {
        case directory(path: String, modified: Instant)
        case file(ListedFile)
    }

    /// How deep directories may lie: the functions follow links, and links can lead round in a circle.
    private static let depthLimit = 24

    private struct Level {
        var rest: ArraySlice<ListedFile>
        let names: Set<String>
    }

    private let files: ServerFiles
    private let exclusions: BackupExclusions
    private var levels: [Level] = []
    private var hasBegun = false

    init(_ files: ServerFiles, exclusions: BackupExclusions) {
        self.files = files
        self.exclusions = exclusions
    }

    /// The next thing; nil when all was given.
    ///
    /// - Throws: what ``ServerFiles/list(_:)`` throws.
    func next() throws(Fault) -> Item? {
        if !hasBegun {
            hasBegun = true
            try descend(into: "")
        }
        while let level = levels.last {
            guard let file = level.rest.first else {
                levels.removeLast()
                continue
            }
            levels[levels.count - 1].rest = level.rest.dropFirst()
            if let item = try item(file, among: level.names) { return item }
        }
        return nil
    }

    private func item(_ file: ListedFile, among names: Set<String>) throws(Fault) -> Item? {
        switch exclusions.decision(for: file.path) {
        case .exclude, .last: return nil
        case .emptyDirectory: return .directory(path: file.path, modified: file.modified)
        case .includeUnless(let initialFork) where names.contains(initialFork): return nil
        case .include, .includeUnless: break
        }
        guard file.isDirectory else { return Self.isSocket(file) ? nil : .file(file) }
        try descend(into: file.path)
        // A tablespace is a link, which a restore makes anew.
        let parts = file.path.split(separator: "/")
        if parts.count == 2, parts[0] == "pg_tblspc" { return nil }
        return .directory(path: file.path, modified: file.modified)
    }

    private func descend(into path: String) throws(Fault) {
        guard levels.count < Self.depthLimit else {
            throw Fault(
                .postgresFormat,
                "unable to list '\(path)': directories lie deeper than \(Self.depthLimit)",
                hints: ["Look for a symbolic link there that leads round in a circle."]
            )
        }
        let found = try files.list(path)
        levels.append(Level(rest: found[...], names: Set(found.map(\.path))))
    }

    /// A server's own socket, which the functions cannot tell from an empty file.
    private static func isSocket(_ file: ListedFile) -> Bool {
        file.size == 0 && file.path.hasPrefix(".s.PGSQL.") && !file.path.hasSuffix(".lock")
    }
}
