public import Model
internal import SystemIO
public import SystemPackage

/// What is asked of a place before a restore writes to it; nothing is changed.
public enum RestoreDestination {
    /// Refuses a place where something is: it may be missing, or an empty folder.
    ///
    /// - Throws: `E-RESTORE-NOT-EMPTY`, `E-IO-…`.
    public static func requireVacant(_ path: FilePath) throws(Fault) {
        let fact: String
        if let status = try FileSystem.followedStatus(path) {
            if status.isDirectory, try FileSystem.isEmptyDirectory(path) ?? true { return }
            fact = status.isDirectory ? "the folder is not empty" : "something is there"
        } else {
            if try FileSystem.status(path) == nil { return }
            fact = "a symbolic link that leads nowhere is there"
        }
        throw Fault(
            .restoreNotEmpty,
            "unable to restore to '\(path.displayed)': \(fact)",
            hints: [
                "Restore beside it with `--to DIRECTORY`, or move what is there out of the way first."
            ]
        )
    }

    /// Refuses places whose disk has not enough room for all that goes there.
    ///
    /// Places on several disks are not judged: how much goes to which is not known.
    ///
    /// - Throws: `E-RESTORE-ROOM`, `E-IO-…`.
    public static func requireRoom(for bytes: ByteCount, at paths: [FilePath]) throws(Fault) {
        var disks: Set<UInt64> = []
        var present: FilePath?
        for path in paths {
            let (place, status) = try nearest(path)
            disks.insert(status.device)
            present = present ?? place
        }
        guard disks.count == 1, let present, let path = paths.first else { return }
        let free = try FileSystem.freeSpace(at: present)
        guard free >= bytes else {
            throw Fault(
                .noRoom,
                "unable to restore to '\(path.displayed)': it needs \(bytes), and \(free) is free there",
                hints: ["Free some space, or name another place with --to."]
            )
        }
    }

    /// The innermost folder on the way to a place that exists.
    private static func nearest(_ path: FilePath) throws(Fault) -> (FilePath, FileStatus) {
        var path = path
        while true {
            if let status = try FileSystem.followedStatus(path) { return (path, status) }
            guard path.parent != path else {
                throw .unable("examine", path, .noSuchFileOrDirectory)
            }
            path = path.parent
        }
    }
}
