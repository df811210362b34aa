/// Which files of a data directory a base backup leaves out, as the server itself decides it.
///
/// The rules are those of `sendDir` in `src/backend/backup/basebackup.c`, with one addition: the
/// `.old` forms of `backup_label` and `tablespace_map`, which the server sends and never reads
/// again. Paths are relative to the data directory; files of a tablespace are named
/// `pg_tblspc/<oid>/<version directory>/…`.
public struct BackupExclusions: Sendable, Hashable {
    /// What to do with a path.
    public enum Decision: Sendable, Hashable {
        /// Copy it; descend when it is a directory.
        case include
        /// Leave it out, with everything below.
        case exclude
        /// Make the directory, also where the source has a link, and nothing below except
        /// ``BackupExclusions/requiredDirectories(version:)``.
        case emptyDirectory
        /// Copy it unless this other file exists: then the relation is unlogged, and the server
        /// makes it anew.
        case includeUnless(initialFork: String)
        /// Copy it after everything else (`global/pg_control`).
        case last
    }

    private static let emptied: Set<Substring> = [
        "pg_stat_tmp", "pg_replslot", "pg_dynshmem", "pg_notify", "pg_serial", "pg_snapshots",
        "pg_subtrans",
    ]
    private static let leftOut: Set<Substring> = [
        "postgresql.auto.conf.tmp", "current_logfiles.tmp", "backup_label", "backup_label.old",
        "tablespace_map", "tablespace_map.old", "backup_manifest", "postmaster.pid",
        "postmaster.opts", ".DS_Store",
    ]

    private let tablespaceDirectory: Substring

    /// Takes the directory of the running version inside tablespaces,
    /// ``ServerFacts/tablespaceDirectory``; what other versions keep beside it is not this
    /// cluster's.
    public init(tablespaceDirectory: String) { self.tablespaceDirectory = tablespaceDirectory[...] }

    /// The directories below ``Decision/emptyDirectory`` ones that a restored cluster must have.
    public static func requiredDirectories(version: Int) -> [String] {
        ["pg_wal/archive_status"] + (version >= 170_000 ? ["pg_wal/summaries"] : [])
    }

    /// Decides about a file or directory.
    ///
    /// Ask about every directory on the way first: the answer assumes that none above said
    /// otherwise.
    public func decision(for path: String) -> Decision {
        let parts = path.split(separator: "/")
        guard let name = parts.last else { return .include }
        if parts.count == 3, parts[0] == "pg_tblspc", name != tablespaceDirectory {
            return .exclude
        }
        if name.hasPrefix("pgsql_tmp") || name.hasPrefix("pg_internal.init")
            || Self.leftOut.contains(name)
        {
            return .exclude
        }
        if path == "global/pg_control" { return .last }
        if isInDatabase(parts) {
            if Self.isTemporaryRelation(name) { return .exclude }
            if let file = RelationFile.parse(name: name), file.fork != .initial {
                let directory = parts.dropLast().joined(separator: "/")
                return .includeUnless(initialFork: "\(directory)/\(file.number)_init")
            }
        }
        if Self.emptied.contains(name) || path == "pg_wal" { return .emptyDirectory }
        return .include
    }

    private func isInDatabase(_ parts: [Substring]) -> Bool {
        switch (parts.count, parts[0]) {
        case (3, "base"): RelationFile.oid(parts[1]) != nil
        case (5, "pg_tblspc"): RelationFile.oid(parts[3]) != nil
        default: false
        }
    }

    /// Whether a name is `t<backend>_<number>[_<fork>][.<segment>]` (`looks_like_temp_rel_name` in
    /// `fd.c`).
    private static func isTemporaryRelation(_ name: Substring) -> Bool {
        guard name.first == "t", let bar = name.firstIndex(of: "_") else { return false }
        let backend = name[..<bar].dropFirst()
        guard !backend.isEmpty, backend.utf8.allSatisfy({ (48...57).contains($0) }) else {
            return false
        }
        return RelationFile.parse(name: name[name.index(after: bar)...]) != nil
    }
}
