package import Model
package import SystemIO
package import SystemPackage

/// A private folder for a server that is thrown away.
///
/// It is locked for as long as it is used, so that the next run finds and removes what a killed one has left.
package final class ScratchPlace: Sendable {
    private static let prefix = "lifeboat-scratch-"
    private static let lockName = "lock"
    /// A folder without a lock is one that is being made or removed, until it is this old.
    private static let patience = Duration.seconds(3600)

    /// Where it is.
    package let path: FilePath
    private let lock: FileLock

    /// A name below a folder that nobody can know before; nothing is made.
    package static func proposed(in parent: FilePath) -> FilePath {
        parent.appending(prefix + Hexadecimal.encode(RandomBytes.make(8)))
    }

    /// Makes the folder, which must not be there, and locks it; `account` can pass through to what lies in it, everybody else cannot.
    ///
    /// - Throws: `E-IO-…`; then nothing is there.
    package init(making path: FilePath, for account: Account?) throws(Fault) {
        guard let name = path.lastName else { throw .unable("make", path, .invalidArgument) }
        self.path = path
        let parent = try Directory.open(path.parent)
        try parent.makeDirectory(name, mode: 0o700)
        guard
            let lock = try FileLock.acquire(path.appending(Self.lockName), wait: false)
        else { throw .unable("lock", path, .wouldBlock) }
        self.lock = lock
        guard let account, account.uid != Account.current.uid else { return }
        try Directory.open(path).setOwner(Account.current.uid, group: account.gid, mode: 0o710)
    }

    /// Removes it with all that is in it.
    ///
    /// - Throws: `E-IO-…` naming what could not be removed.
    package func remove() throws(Fault) { try FileSystem.removeTree(path) }

    /// Removes what killed runs of this user have left in a folder; tells what could not be removed.
    package static func sweep(_ parent: FilePath, now: Instant) -> [Fault] {
        let names: [FileName]
        do throws(Fault) { names = try Directory.open(parent).names() } catch { return [error] }
        var faults: [Fault] = []
        for name in names where name.bytes.starts(with: prefix.utf8) {
            do throws(Fault) {
                try removeAbandoned(parent.appending(name), now: now)
            } catch { faults.append(error) }
        }
        return faults
    }

    private static func removeAbandoned(_ path: FilePath, now: Instant) throws(Fault) {
        // Others may make folders of this name where everybody may write.
        guard let status = try FileSystem.status(path), status.isDirectory,
            status.owner == Account.current.uid
        else { return }
        let lockPath = path.appending(lockName)
        if try FileSystem.status(lockPath)?.isRegular == true {
            guard let lock = try FileLock.acquire(lockPath, wait: false) else { return }
            try FileSystem.removeTree(path)
            lock.release()
        } else if now - status.modified > patience {
            try FileSystem.removeTree(path)
        }
    }
}
