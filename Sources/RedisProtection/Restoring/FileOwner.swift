internal import Model
internal import SystemIO
internal import SystemPackage

/// Whom the restored files belong to.
struct FileOwner: Sendable, Hashable {
    let uid: UInt32
    let gid: UInt32

    /// The name for people.
    var name: String { Account.identified(by: uid)?.name ?? "\(uid)" }

    /// Chooses; nil leaves the files to who writes them, as for anybody but root.
    ///
    /// The account that was named; else the owner of the folder, since a server owns the folder it runs in. A folder that is
    /// yet to be made gets the owner of the folder that it is made in, and where that is root, the account `redis`.
    static func choose(for folder: FilePath, account: Account?) throws(Fault) -> FileOwner? {
        guard Account.current.uid == 0 else { return nil }
        if let account { return FileOwner(uid: account.uid, gid: account.gid) }
        if let status = try FileSystem.followedStatus(folder) {
            return FileOwner(uid: status.owner, gid: status.group)
        }
        if let status = try nearest(folder.parent), status.owner != 0 {
            return FileOwner(uid: status.owner, gid: status.group)
        }
        guard let redis = try? Account.named("redis") else { return nil }
        return FileOwner(uid: redis.uid, gid: redis.gid)
    }

    private static func nearest(_ folder: FilePath) throws(Fault) -> FileStatus? {
        var folder = folder
        while true {
            if let status = try FileSystem.followedStatus(folder) { return status }
            guard folder.parent != folder else { return nil }
            folder = folder.parent
        }
    }
}
