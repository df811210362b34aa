internal import Model
internal import Protection
internal import RedisWire
internal import SystemIO
internal import SystemPackage

/// Writes the files that a stopped server starts from.
///
/// ```
/// .tmp-… ◀─ bytes, checked on the way ─▶ synchronised ─▶ renamed ─▶ folder synchronised ─▶ next file
/// ```
/// A file gets its name only when all of it is checked and on the disk, and the file that makes the others count comes
/// last. After a fault everything that was made is taken away again.
final class RestoreWriter {
    private let folder: FilePath
    private let owner: FileOwner?
    private var madeFolders: [FilePath] = []
    private var madeFiles: [FilePath] = []

    init(_ folder: FilePath, owner: FileOwner?) {
        self.folder = folder
        self.owner = owner
    }

    /// Writes all files; tells what the RDB holds, its expired keys counted by the deadline.
    func write(
        _ files: [RedisRestoreFile],
        from stored: StoredRDB,
        _ expiries: (change: RDBExpiryChange, deadline: Instant),
        _ progress: ProgressReporter
    ) async throws(Fault) -> RDBFacts {
        var facts: RDBFacts?
        do throws(Fault) {
            for file in files {
                let path = folder.appending(file.path)
                try makeFolder(path.parent)
                let temporary = path.parent.appending(FileName.temporary())
                switch file.content {
                case .literal(let bytes): try write(bytes, to: temporary)
                case .rdb:
                    facts = try await write(stored, to: temporary, expiries, progress)
                }
                try name(temporary, path)
            }
        } catch {
            takeAway()
            throw error
        }
        guard let facts else { preconditionFailure("one of the files is the RDB") }
        return facts
    }

    private func write(_ bytes: [UInt8], to path: FilePath) throws(Fault) {
        madeFiles.append(path)
        let file = try Descriptor.open(path, .write, create: .exclusive(0o600))
        try file.write(bytes)
        try file.synchronize()
    }

    private func write(
        _ stored: StoredRDB,
        to path: FilePath,
        _ expiries: (change: RDBExpiryChange, deadline: Instant),
        _ progress: ProgressReporter
    ) async throws(Fault) -> RDBFacts {
        madeFiles.append(path)
        let file = try Descriptor.open(path, .write, create: .exclusive(0o600))
        let facts = try await stored.read(
            countingExpiredBy: expiries.deadline,
            changing: expiries.change,
            progress
        ) { piece async throws(Fault) in try file.write(piece) }
        try file.synchronize()
        return facts
    }

    /// Gives a complete file its owner and its name.
    private func name(_ temporary: FilePath, _ path: FilePath) throws(Fault) {
        guard let old = temporary.lastName, let new = path.lastName else {
            preconditionFailure("the files of Redis have names")
        }
        let directory = try Directory.open(path.parent)
        if let owner { try directory.setOwner(owner.uid, group: owner.gid, of: old) }
        try directory.setMode(0o600, of: old)
        try directory.renameExclusively(old, to: new)
        madeFiles.append(path)
        try directory.synchronize()
    }

    /// Makes a folder and what is missing above it, for the owner alone.
    private func makeFolder(_ path: FilePath) throws(Fault) {
        guard try FileSystem.followedStatus(path) == nil else { return }
        try makeFolder(path.parent)
        try FileSystem.makeDirectories(path, mode: 0o700)
        madeFolders.append(path)
        if let owner, let name = path.lastName {
            try Directory.open(path.parent).setOwner(owner.uid, group: owner.gid, of: name)
        }
    }

    /// Removes what was made, the last first; what somebody else put there stays, and so do its folders.
    private func takeAway() {
        for path in madeFiles.reversed() { try? FileSystem.removeFile(path) }
        for path in madeFolders.reversed() {
            guard let name = path.lastName else { continue }
            // The first fault is the one to tell; what stays is an empty folder.
            try? Directory.open(path.parent).removeDirectory(name)
        }
    }
}
