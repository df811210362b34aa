package import Model
package import SystemIO
package import SystemPackage

/// A private folder for a server that is thrown away.
///
/// It is locked for as long as it is used, so that the next run finds and removes what a killed one has left. Where it lies anywhere but
/// in the folder that each run looks into, a file of its name there tells where.
package final class ScratchPlace: Sendable {
    private static let prefix = "lifeboat-scratch-"
    private static let lockName = "lock"
    /// A folder without a lock, and a note without a folder, are being made or removed, until they are this old.
    private static let patience = Duration.seconds(3600)
    private static let longestPath = ByteCount(64 << 10)

    /// Where it is.
    package let path: FilePath
    private let lock: FileLock
    /// The file that tells where it is.
    private let note: FilePath?

    /// A name below a folder that nobody can know before; nothing is made.
    package static func proposed(in parent: FilePath) -> FilePath {
        parent.appending(prefix + Hexadecimal.encode(RandomBytes.make(8)))
    }

    /// Makes the folder, which must not be there, and locks it.
    ///
    /// - Parameters:
    ///   - path: where it is made.
    ///   - account: who can pass through to what lies in it; everybody else cannot.
    ///   - state: the folder that each run looks into for what killed ones have left; nil where the new one is made in that.
    /// - Throws: `E-IO-…`; then nothing is there.
    package init(
        making path: FilePath,
        for account: Account?,
        notedIn state: FilePath?
    ) throws(Fault) {
        guard let name = path.lastName else { throw .unable("make", path, .invalidArgument) }
        self.path = path
        let note = state.map { $0.appending(name) }
        self.note = note
        if let note { try DurableFile.create(note, with: Array(path.string.utf8), mode: 0o600) }
        do throws(Fault) {
            lock = try Self.make(name, in: path.parent, for: account)
        } catch {
            // The first fault is the one to tell.
            if let note { try? FileSystem.removeFile(note) }
            throw error
        }
    }

    private static func make(
        _ name: FileName,
        in parent: FilePath,
        for account: Account?
    ) throws(Fault) -> FileLock {
        let path = parent.appending(name)
        try Directory.open(parent).makeDirectory(name, mode: 0o700)
        do throws(Fault) {
            guard let lock = try FileLock.acquire(path.appending(lockName), wait: false) else {
                throw .unable("lock", path, .wouldBlock)
            }
            if let account, account.uid != Account.current.uid {
                let folder = try Directory.open(path)
                try folder.setOwner(Account.current.uid, group: account.gid, mode: 0o710)
            }
            return lock
        } catch {
            // The first fault is the one to tell.
            try? FileSystem.removeTree(path)
            throw error
        }
    }

    /// Removes it with all that is in it.
    ///
    /// - Throws: `E-IO-…` naming what could not be removed; the next run tries again.
    package func remove() throws(Fault) {
        try FileSystem.removeTree(path)
        if let note { try FileSystem.removeFile(note) }
    }

    /// Removes what killed runs of this user have left in a folder, and where the notes in it lead to.
    ///
    /// What somebody uses stays: a run that holds its lock, or a process that works in it.
    package static func sweep(_ parent: FilePath, now: Instant) -> ScratchSweep {
        var sweep = ScratchSweep()
        let names: [FileName]
        do throws(Fault) { names = try Directory.open(parent).names() } catch {
            if error.code != .fileMissing { sweep.faults.append(error) }
            return sweep
        }
        for name in names where name.bytes.starts(with: prefix.utf8) {
            let path = parent.appending(name)
            do throws(Fault) {
                if try FileSystem.status(path)?.isRegular == true {
                    if let place = try follow(path, name, now) { sweep.removed.append(place) }
                } else if try removeAbandoned(path, now) {
                    sweep.removed.append(path)
                }
            } catch  where error.code != .fileMissing {
                sweep.faults.append(error)
            } catch {
                // Somebody else was faster.
                continue
            }
        }
        return sweep
    }

    /// Removes what a note leads to, and the note with it; nil when nothing was there to remove.
    private static func follow(
        _ note: FilePath,
        _ name: FileName,
        _ now: Instant
    ) throws(Fault) -> FilePath? {
        let place = FilePath(bytes: try DurableFile.read(note, limit: longestPath))
        guard place.lastName == name else { throw .unable("follow", note, .invalidArgument) }
        let isRemoved = try removeAbandoned(place, now)
        guard try FileSystem.status(place) == nil else { return nil }
        if !isRemoved {
            // Whoever makes a folder notes it first.
            guard let status = try FileSystem.status(note), now - status.modified > patience
            else { return nil }
        }
        try FileSystem.removeFile(note)
        return isRemoved ? place : nil
    }

    /// Removes a folder that nobody uses; whether it did.
    private static func removeAbandoned(
        _ path: FilePath,
        _ now: Instant
    ) throws(Fault) -> Bool {
        // Others may make folders of this name where everybody may write.
        guard let status = try FileSystem.status(path), status.isDirectory,
            status.owner == Account.current.uid
        else { return false }
        let lockPath = path.appending(lockName)
        guard try FileSystem.status(lockPath)?.isRegular == true else {
            guard now - status.modified > patience else { return false }
            try requireUnused(path)
            try FileSystem.removeTree(path)
            return true
        }
        guard let lock = try FileLock.acquire(lockPath, wait: false) else { return false }
        try requireUnused(path)
        try FileSystem.removeTree(path)
        lock.release()
        return true
    }

    /// Refuses a folder that a process works in, or in one of its own folders, as servers do.
    private static func requireUnused(_ path: FilePath) throws(Fault) {
        let folder = try Directory.open(path)
        var places = [try folder.status().identity]
        for name in try folder.names() {
            if let status = try folder.status(of: name), status.isDirectory {
                places.append(status.identity)
            }
        }
        for process in try Workplace.processes() {
            guard case .known(let place) = try Workplace(of: process), places.contains(place)
            else { continue }
            throw Fault(
                .scratchInUse,
                "unable to remove scratch folder '\(path.displayed)': process \(process) still works there",
                hints: ["It goes with the next run once the process has ended."]
            )
        }
    }
}
