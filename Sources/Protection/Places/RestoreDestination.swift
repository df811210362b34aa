public import Model
internal import SystemIO
public import SystemPackage

/// What is asked of a place before a restore writes to it; nothing is changed.
public enum RestoreDestination {
    /// As many links are followed one after the other as the kernel follows.
    private static let linkLimit = 40

    /// Refuses a place where something is: it may be missing, or an empty folder, also behind a link that ``followed(_:)`` follows.
    ///
    /// - Throws: `E-RESTORE-NOT-EMPTY`, `E-IO-…`.
    public static func requireVacant(_ path: FilePath) throws(Fault) {
        let place = try followed(path)
        guard let status = try FileSystem.status(place) else {
            if place == path { return }
            throw refusal(of: path, "a symbolic link that leads nowhere is there")
        }
        guard status.isDirectory else { throw refusal(of: path, "something is there") }
        guard try FileSystem.isEmptyDirectory(place) ?? true else {
            throw refusal(of: path, "the folder is not empty")
        }
    }

    /// Where the symbolic links at the end of a path lead; the path itself when none is there.
    ///
    /// Who may write in the folder above could choose by a link what root writes to and gives away: only links of root and the caller
    /// are followed.
    ///
    /// - Throws: `E-RESTORE-NOT-EMPTY` for a link of anybody else, `E-IO-…`.
    public static func followed(_ path: FilePath) throws(Fault) -> FilePath {
        var place = path
        for _ in 0...linkLimit {
            if place.lastName == nil { place = try FileSystem.resolved(place) }
            guard let status = try FileSystem.status(place), status.kind == .symbolicLink,
                let name = place.lastName
            else { return place }
            guard status.owner == 0 || status.owner == Account.current.uid else {
                let owner = Account.identified(by: status.owner)?.name ?? String(status.owner)
                throw refusal(of: path, "a symbolic link of \(owner) is there")
            }
            let target = FilePath(bytes: try Directory.open(place.parent).readLink(name))
            place = target.isAbsolute ? target : place.parent.pushing(target)
        }
        throw refusal(of: path, "its symbolic links lead round in a circle")
    }

    /// That a restore does not go to a place.
    public static func refusal(of path: FilePath, _ fact: String) -> Fault {
        Fault(
            .restoreNotEmpty,
            "unable to restore to '\(path.displayed)': \(fact)",
            hints: [
                "Restore to another place with `--to DIRECTORY`, or move what is there out of the way first."
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
