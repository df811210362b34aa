public import Model
public import SystemIO
public import SystemPackage

/// Writes entries and their content below a folder of the host.
///
/// Everything is reached name by name from the open target folder, so a symbolic link that somebody plants on the way
/// is refused, never followed. Until it is finished, a file has mode 0600 and a folder 0700; owners, attributes,
/// modes and times come last, those of folders in ``complete()``.
///
/// Call ``create(_:)`` for each entry in the order of a scan, ``write(_:to:at:)`` in any order, ``finish(_:)`` once a
/// file has all of its content, and ``complete()`` at the end. Memory holds a bounded number of open files and
/// the entries of the folders. For one task at a time.
public final class TreeWriter {
    /// Whom restored files belong to.
    public enum Ownership: Sendable {
        /// The numbers of the entries.
        case numbers
        /// The user and group of the entry's names where this host has them, the numbers otherwise.
        case names
        /// Whoever restores.
        case keep

        /// What this program can do: names, or numbers when a person asks for those, and nothing unless it may give files away.
        public static func possible(numeric: Bool) -> Ownership {
            guard Account.mayGiveFiles else { return .keep }
            return numeric ? .numbers : .names
        }
    }

    /// What becomes of a file that is in the way.
    public enum Collision: Sendable {
        /// Nothing; the entry is refused.
        case refuse
        /// It is removed first. Folders are never removed: those that exist are used.
        case replace
        /// An ordinary file that has no other name is taken over, and so are folders; anything else is removed first.
        case renew
    }

    let target: Directory
    let ownership: Ownership
    let collision: Collision
    var files: OpenFiles
    var directories: [TreeEntry] = []
    /// Folders that were not there before, the target among them, outermost first.
    private var madeDirectories: [TreePath] = []
    /// What the tree holds by now, so that the rest can be removed; only where a tree is renewed.
    var known: Set<FileIdentity> = []
    /// The bytes that were written into files.
    public internal(set) var written: Int64 = 0
    /// Whether files come into being as nobody else's, on every file system that was written to.
    ///
    /// One without owners and modes shows others; it has no rights to give away either.
    var showsOwners = true
    var ownerIDs = IDCache { Account.userID($0) }
    var groupIDs = IDCache { Account.groupID($0) }

    /// Opens the target folder, and makes it when it is missing.
    ///
    /// - Parameters:
    ///   - target: The folder.
    ///   - ownership: Whom restored files belong to.
    ///   - collision: What becomes of a file that is in the way.
    ///   - openFiles: How many files are kept open at most.
    /// - Throws: `E-IO-…`.
    public init(
        target: FilePath,
        ownership: Ownership,
        collision: Collision,
        openFiles: Int = 64
    ) throws(Fault) {
        if try FileSystem.followedStatus(target) == nil { madeDirectories = [.root] }
        try FileSystem.makeDirectories(target, mode: 0o700)
        self.target = try Directory.open(target, knownAs: try FileSystem.resolved(target))
        self.ownership = ownership
        self.collision = collision
        files = OpenFiles(limit: openFiles)
    }

    /// Makes what an entry describes, without the content of a file and the attributes of a folder.
    ///
    /// - Returns: For a file, where to write, nil for anything else; and which attributes could not be set.
    /// - Throws: `E-IO-EXISTS` when something is in the way, `E-IO-KIND` when a symbolic link or a file is where a folder
    ///   should be, `E-IO-DENIED` for a device made by another user than root, `E-TREE-PATH`, `E-IO-…`.
    public func create(
        _ entry: TreeEntry
    ) throws(Fault) -> (file: WritableFile?, problems: [TreeProblem]) {
        guard let name = entry.path.lastName else {
            guard entry.kind == .directory else { throw nameless(entry) }
            directories.append(entry)
            return (nil, [])
        }
        let folder = try folder(entry.path.parent)
        if entry.kind == .directory {
            if collision == .renew { try clear(name, in: folder, unless: \.isDirectory) }
            if try makeDirectory(name, in: folder) { madeDirectories.append(entry.path) }
            if collision == .renew { try take(folder: name, in: folder) }
            directories.append(entry)
            return (nil, [])
        }
        if collision == .renew, entry.kind == .file, let file = try take(entry, name, in: folder) {
            return (file, [])
        }
        try clear(name, in: folder)
        switch entry.kind {
        case .file:
            let file = WritableFile(path: entry.path, isSparse: entry.isSparse)
            let mode = Descriptor.CreateMode.exclusive(0o600)
            let made = try folder.openFile(name, .readWrite, create: mode)
            let status = try made.status()
            if !Self.isOurs(status) { showsOwners = false }
            if collision == .renew { known.insert(status.identity) }
            files.insert(made, entry.path)
            return (file, [])
        case .hardLink(let first):
            guard let firstName = first.lastName else { throw nameless(entry) }
            try self.folder(first.parent).hardLink(firstName, to: folder, name)
            return (nil, [])
        case .symbolicLink(let content): try folder.makeSymbolicLink(name, target: content)
        case .fifo: try folder.makeNode(name, kind: .fifo, mode: 0o600)
        case .socket: try folder.makeNode(name, kind: .socket, mode: 0o600)
        case .characterDevice(let major, let minor):
            let number = FileStatus.deviceNumber(major: major, minor: minor)
            try folder.makeNode(name, kind: .characterDevice, mode: 0o600, deviceNumber: number)
        case .blockDevice(let major, let minor):
            let number = FileStatus.deviceNumber(major: major, minor: minor)
            try folder.makeNode(name, kind: .blockDevice, mode: 0o600, deviceNumber: number)
        case .directory: break
        }
        if collision == .renew, let made = try folder.status(of: name) {
            known.insert(made.identity)
        }
        return (nil, settle(entry, name, in: folder))
    }

    /// Gives a file its length, owner, attributes, mode and times, once it has all of its content.
    ///
    /// - Returns: What could not be set; the content is right all the same.
    /// - Throws: `E-TREE-SWAPPED` when another file is in its place, `E-IO-…`.
    public func finish(_ entry: TreeEntry) throws(Fault) -> [TreeProblem] {
        guard entry.kind == .file, let name = entry.path.lastName else { return [] }
        let file = try folder(entry.path.parent).openFile(name, .readWrite)
        return try finish(entry, file)
    }

    /// The same, of the file that was opened under its name and whose content was looked at.
    ///
    /// Rights go to this file and no other: whoever may rename in the folder must not get them for a file of theirs.
    public func finish(
        _ entry: TreeEntry,
        _ file: borrowing Descriptor
    ) throws(Fault) -> [TreeProblem] {
        guard entry.kind == .file else { return [] }
        let status = try file.status()
        guard !showsOwners || Self.isOurs(status) else {
            throw Fault(
                .treeSwapped,
                "unable to restore '\(entry.path)': somebody put another file in its place",
                hints: ["Restore into a folder that nobody else can write to, then move it."]
            )
        }
        if status.size != entry.size { try file.resize(to: entry.size) }
        files.remove(entry.path)
        return settle(entry, file)
    }

    /// Whether a file is as this writer makes files, which nobody else can open or make.
    static func isOurs(_ status: FileStatus) -> Bool {
        status.owner == Account.currentID && status.mode == 0o600
    }

    /// Gives folders their attributes, the deepest first, and brings everything to the disk.
    ///
    /// - Returns: What could not be set.
    /// - Throws: `E-IO-…`; then it is not known what the disk holds.
    public func complete() throws(Fault) -> [TreeProblem] {
        files.removeAll()
        var problems: [TreeProblem] = []
        var synchronised = Set([try target.status().device])
        for entry in directories.reversed() {
            if let name = entry.path.lastName {
                // A folder may be the mount point of another disk.
                let inner = try folder(entry.path)
                if synchronised.insert(try inner.status().device).inserted {
                    try inner.synchronizeFileSystem()
                }
                problems += settle(entry, name, in: try folder(entry.path.parent))
            } else if let name = target.path.lastName {
                let parent = try Directory.open(target.path.parent)
                problems += settle(entry, name, in: parent)
            }
        }
        directories = []
        try target.synchronizeFileSystem()
        return problems
    }

    /// Whether it was not there before.
    private func makeDirectory(
        _ name: FileName,
        in folder: borrowing Directory
    ) throws(Fault) -> Bool {
        do throws(Fault) {
            try folder.makeDirectory(name, mode: 0o700)
            return true
        } catch  where error.systemError == .fileExists {
            // Opening it says whether it is a folder, and follows no symbolic link.
            _ = try folder.child(name).rawValue
            return false
        }
    }

    /// Removes what ``create(_:)`` made of an entry, but for a folder; nothing being there is success.
    ///
    /// For a restore that is given up. Folders go with ``removeFolders()``.
    ///
    /// - Throws: `E-IO-…`.
    public func remove(_ entry: TreeEntry) throws(Fault) {
        guard entry.kind != .directory, let name = entry.path.lastName else { return }
        files.remove(entry.path)
        let folder = try folder(entry.path.parent)
        if try folder.status(of: name) != nil { try folder.removeFile(name) }
    }

    /// Removes the folders that this writer made, the deepest first; those that hold something stay.
    public func removeFolders() {
        for path in madeDirectories.reversed() {
            // What somebody else put there meanwhile is theirs.
            if let name = path.lastName {
                try? folder(path.parent).removeDirectory(name)
            } else if let name = target.path.lastName {
                try? Directory.open(target.path.parent).removeDirectory(name)
            }
        }
        madeDirectories = []
    }

    private func clear(
        _ name: FileName,
        in folder: borrowing Directory,
        unless mayStay: (FileStatus) -> Bool = { _ in false }
    ) throws(Fault) {
        guard let status = try folder.status(of: name), !mayStay(status) else { return }
        if collision == .renew { return try remove(name, status, in: folder) }
        guard collision == .replace, !status.isDirectory else {
            throw .unable("restore", folder.path.appending(name), .fileExists)
        }
        try folder.removeFile(name)
    }

    private func nameless(_ entry: TreeEntry) -> Fault {
        Fault(
            .treePathInvalid,
            "unable to restore '\(entry.path)': only a folder can be the root of a tree"
        )
    }

    func folder(_ path: TreePath) throws(Fault) -> Directory {
        var folder = try target.reopened()
        for name in path.names { folder = try folder.child(name) }
        return folder
    }
}
