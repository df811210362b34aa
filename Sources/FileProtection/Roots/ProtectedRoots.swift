internal import FileTrees
internal import Model
internal import SystemIO
internal import SystemPackage

/// The files and folders that a component protects.
///
/// In a snapshot each is at its absolute path without the `/` in front, below the folders that lead to it, so several
/// of them live in one tree.
struct ProtectedRoots: Sendable {
    /// Absolute paths without `.` and `..`.
    let paths: [FilePath]

    /// - Throws: `E-VALUE` when there is none, or one is not absolute.
    init(_ paths: [FilePath], of component: String) throws(Fault) {
        guard !paths.isEmpty else {
            throw Fault(
                .invalidValue,
                "unable to protect '\(component)': it names no path",
                hints: ["Name at least one absolute path under `paths:`."]
            )
        }
        for path in paths where !path.isAbsolute {
            throw Fault(
                .invalidValue,
                "unable to protect '\(path.displayed)': it is no absolute path",
                hints: ["Write the path from the root of the host's file systems on."]
            )
        }
        self.paths = paths.map { $0.lexicallyNormalized() }
    }

    /// Where a path of the host is in the tree of a snapshot.
    static func place(of path: FilePath) -> TreePath {
        path.components.reduce(TreePath.root) { place, component in
            guard let name = FileName(FilePath(root: nil, [component]).bytes) else { return place }
            return place.appending(name)
        }
    }

    /// The roots as a scan takes them.
    func treeRoots(_ rules: PathRules) -> [TreeRoot] {
        paths.map { TreeRoot($0, place: Self.place(of: $0), rules: rules) }
    }

    /// What a snapshot records of them, so that a restore knows where they were.
    var facts: [String: String] {
        var facts: [String: String] = [:]
        for (index, path) in paths.enumerated() { facts["root.\(index + 1)"] = path.string }
        return facts
    }

    /// What a snapshot recorded, outermost names first.
    static func paths(in facts: [String: String]) -> [FilePath] {
        var paths: [FilePath] = []
        while let text = facts["root.\(paths.count + 1)"] { paths.append(FilePath(text)) }
        return paths.map { $0.lexicallyNormalized() }.filter(\.isAbsolute)
    }

    /// The folders that lead to a root, outermost first; those that cannot be examined are passed over.
    ///
    /// They are not protected themselves: a restore needs their owner and mode where they are missing. Their times
    /// are the root's, since things beside the root would change them from snapshot to snapshot.
    static func folders(above root: TreeEntry) -> [TreeEntry] {
        var entries: [TreeEntry] = []
        var path = root.path.parent
        while !path.bytes.isEmpty {
            if let status = try? FileSystem.followedStatus(path.path(below: "/")) {
                entries.append(
                    TreeEntry(
                        path: path,
                        kind: .directory,
                        mode: status.mode,
                        owner: status.owner,
                        group: status.group,
                        ownerName: Account.identified(by: status.owner)?.name,
                        groupName: Account.groupName(status.group),
                        modified: root.modified,
                        changed: root.modified
                    )
                )
            }
            path = path.parent
        }
        return entries.reversed()
    }
}
