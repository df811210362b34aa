internal import FileTrees
internal import Model
internal import Protection
internal import SystemIO
internal import SystemPackage
internal import Vault

/// Where the paths of a snapshot go: below a folder of their own, or back to where they were.
///
/// At the place of origin, folders above the roots that are there stay as they are, and a symbolic link among
/// them is followed, since the host's owner put it there; below the roots none is.
struct RestorePlace: Sendable {
    private struct Move: Sendable {
        let from: TreePath
        let to: TreePath
    }

    /// The folder that the tree goes below.
    let folder: FilePath
    private let places: [FilePath]
    private var moves: [Move] = []
    private var standing: Set<TreePath> = []

    /// Finds out where a restore goes, and refuses a place where something is unless `isTaken`; changes nothing.
    ///
    /// - Parameters:
    ///   - destination: A folder; nil for the place of origin.
    ///   - roots: What the snapshot protects.
    ///   - paths: What of it comes back, each a root or below one; all when empty.
    ///   - isTaken: Whether something may be there.
    /// - Throws: `E-RESTORE-NOT-EMPTY`, `E-IO-…`.
    init(
        destination: FilePath?,
        roots: [FilePath],
        paths: [TreePath] = [],
        isTaken: Bool = false
    ) throws(Fault) {
        folder = destination ?? "/"
        places = destination.map { [$0] } ?? roots
        if let destination {
            if isTaken {
                // Links of root and the caller are followed, here too; others are refused.
                _ = try RestoreDestination.followed(destination)
            } else {
                try RestoreDestination.requireVacant(destination)
            }
            return
        }
        for root in roots {
            let place = ProtectedRoots.place(of: root)
            let wanted = paths.filter { $0.isAtOrBelow(place) }
            guard paths.isEmpty || !wanted.isEmpty else { continue }
            if !isTaken, paths.isEmpty || wanted.contains(place) {
                try RestoreDestination.requireVacant(root)
            } else {
                _ = try RestoreDestination.followed(root)
            }
            let present = try Self.deepestFolder(place.parent)
            try move(present)
            if try FileSystem.followedStatus(root) != nil { try move(place) }
            var folder = present
            while !folder.bytes.isEmpty {
                standing.insert(folder)
                folder = folder.parent
            }
            for path in wanted where path != place { try stand(above: path, below: place, isTaken) }
        }
    }

    /// Lets the folders between a root and a path in it stay as they are, up to the first that is missing or is no folder.
    ///
    /// Symbolic links among them are not followed: whoever writes below a root must not choose where a restore goes.
    private mutating func stand(
        above path: TreePath,
        below root: TreePath,
        _ isTaken: Bool
    ) throws(Fault) {
        var folder = root
        for name in path.names.dropFirst(root.names.count) {
            guard try FileSystem.status(host(folder))?.isDirectory == true else { return }
            standing.insert(folder)
            folder = folder.appending(name)
        }
        guard !isTaken, try FileSystem.status(host(path)) != nil else { return }
        throw Fault(
            .restoreNotEmpty,
            "unable to restore to '/\(path)': something is there",
            hints: [
                "Restore it elsewhere with `--to DIRECTORY`, or let it take the place of what is there: --delta"
            ]
        )
    }

    /// Where a path of the snapshot is on this host.
    func host(_ path: TreePath) -> FilePath { moved(path).path(below: folder) }

    /// Where a path of the snapshot is below ``folder``.
    func target(_ path: TreePath) -> TreePath { moved(path) }

    /// Refuses a place whose disk has not enough room for a snapshot.
    ///
    /// Zeros that are stored nowhere need none; a snapshot of files that does not say how many they are is not judged.
    ///
    /// - Throws: `E-RESTORE-ROOM`, `E-IO-…`.
    func requireRoom(for snapshot: Snapshot) throws(Fault) {
        let recorded = snapshot.head.facts["holes"].flatMap { Int64($0) }
        guard recorded != nil || snapshot.head.kind == .secrets else { return }
        let holes = recorded ?? 0
        let bytes = ByteCount(snapshot.head.sizes.source - holes)
        try RestoreDestination.requireRoom(for: bytes, at: places)
    }

    /// Refuses a place whose disk has not enough room for so much.
    ///
    /// - Throws: `E-RESTORE-ROOM`, `E-IO-…`.
    func requireRoom(for bytes: ByteCount) throws(Fault) {
        try RestoreDestination.requireRoom(for: bytes, at: places)
    }

    /// An entry at its place; nil when it stays as it is there.
    func place(_ entry: ManifestEntry) -> ManifestEntry? {
        guard let path = TreePath(entry.path) else { return entry }
        if standing.contains(path) { return nil }
        var entry = entry
        entry.path = moved(path).bytes
        if entry.kind == .hardLink, let target = TreePath(entry.target) {
            entry.target = moved(target).bytes
        }
        return entry
    }

    private func moved(_ path: TreePath) -> TreePath {
        let fitting = moves.filter { path.isAtOrBelow($0.from) }
        guard let move = fitting.max(by: { $0.from.bytes.count < $1.from.bytes.count }) else {
            return path
        }
        return path.names.dropFirst(move.from.names.count).reduce(move.to) { $0.appending($1) }
    }

    /// Sends what is below a place that exists to where symbolic links on the way lead.
    private mutating func move(_ place: TreePath) throws(Fault) {
        let real = try FileSystem.resolved(place.path(below: "/"))
        moves.append(Move(from: place, to: ProtectedRoots.place(of: real)))
    }

    /// The innermost folder on the way to a place that exists.
    private static func deepestFolder(_ place: TreePath) throws(Fault) -> TreePath {
        var place = place
        while !place.bytes.isEmpty,
            try FileSystem.followedStatus(place.path(below: "/")) == nil
        { place = place.parent }
        return place
    }
}
