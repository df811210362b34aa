internal import Model
internal import Synchronization
internal import Vault

/// Notes which tablespaces the files of a backup belong to, while the files of the data directory are restored.
///
/// A backup may know nothing of a tablespace but its files (without an SQL connection there are no facts), and none of them may
/// be placed nowhere.
final class SeenTablespaces: Sendable {
    private static let folder = "pg_tblspc/"
    private let seen = Mutex<Set<UInt32>>([])

    /// The tablespaces.
    var oids: Set<UInt32> { seen.withLock { $0 } }

    /// Whether a file is one of a tablespace, which is noted.
    ///
    /// - Throws: `E-VAULT-DAMAGED` for what lies among the tablespaces and belongs to none.
    func note(_ entry: ManifestEntry) throws(Fault) -> Bool {
        let path = entry.displayedPath
        guard path.hasPrefix(Self.folder) else { return false }
        let name = path.dropFirst(Self.folder.utf8.count).prefix { $0 != "/" }
        guard let oid = UInt32(name), String(oid) == name else {
            throw Fault(
                .damaged,
                "unable to restore '\(path)': it lies among the tablespaces and belongs to none"
            )
        }
        seen.withLock { _ = $0.insert(oid) }
        return true
    }

    /// Takes one tablespace's files out of a backup: a file's path below the folder of the tablespace; nil for any other file.
    static func path(_ entry: ManifestEntry, below oid: UInt32) -> [UInt8]? {
        let prefix = Array("\(folder)\(oid)/".utf8)
        guard entry.path.starts(with: prefix), entry.path.count > prefix.count else { return nil }
        return Array(entry.path.dropFirst(prefix.count))
    }
}
