internal import FileTrees

/// The folders on the way to what a scan is at which are not in the snapshot yet.
///
/// A folder that the rules do not take belongs to the snapshot only when something in it does; so it waits here until
/// something comes, or until the scan has left it. The order of a scan is kept.
struct FolderTrail {
    private var waiting: [TreeEntry] = []
    /// Folders above the roots that are in the snapshot already; as many as the roots' paths have names at most.
    private var written: Set<TreePath> = []

    /// Lets the folders above a root wait, unless they are in the snapshot already.
    mutating func begin(_ folders: [TreeEntry]) {
        waiting = folders.filter { !written.contains($0.path) }
        for folder in waiting { written.insert(folder.path) }
    }

    /// Lets a folder wait.
    mutating func wait(_ folder: TreeEntry) {
        leave(for: folder.path)
        waiting.append(folder)
    }

    /// The folders that must be written before a path is.
    mutating func take(for path: TreePath) -> [TreeEntry] {
        leave(for: path)
        defer { waiting = [] }
        return waiting
    }

    private mutating func leave(for path: TreePath) {
        while let last = waiting.last, !path.isAtOrBelow(last.path) { waiting.removeLast() }
    }
}
