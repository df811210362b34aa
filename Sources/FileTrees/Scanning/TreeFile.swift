public import Model
public import SystemIO

/// An open file of a tree that can tell whether it changes while it is read.
public struct TreeFile: ~Copyable, Sendable {
    /// The open file.
    public let file: Descriptor
    /// The entry, with the size and times that the file had when it was opened.
    public let entry: TreeEntry
    private let status: FileStatus

    init(file: consuming Descriptor, scanned: TreeEntry, status: FileStatus) {
        self.file = file
        self.status = status
        entry = TreeEntry(
            path: scanned.path,
            kind: scanned.kind,
            status: status,
            ownerName: scanned.ownerName,
            groupName: scanned.groupName,
            attributes: scanned.attributes
        )
    }

    /// What to report when the file has changed since it was opened; nil when it has not.
    ///
    /// Asked after the last byte was read. Compares the size, the time of modification and the change time.
    ///
    /// - Throws: `E-IO-…`.
    public func change() throws(Fault) -> TreeProblem? {
        let now = try file.status()
        guard
            now.size != status.size || now.modified != status.modified
                || now.changed != status.changed
        else { return nil }
        return TreeProblem(
            entry.path,
            .changed,
            Fault(
                .treeReplaced,
                "unable to save file '\(file.path.displayed)' as it was at one moment: "
                    + "it changed while it was read"
            )
        )
    }
}
