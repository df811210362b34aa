public import Model
import SystemIO

// A tree that is there already is taken over: what is as it should be stays, and nothing outside of it is reached.
extension TreeWriter {
    /// A page of a database; a piece is compared and written in these.
    private static let page: Int64 = 8192
    private static let pieceBytes: Int64 = 1 << 20

    /// Takes over the ordinary file that is where an entry goes; nil when it has to be made anew.
    ///
    /// A file that has other names is not written to: they may belong to another tree. Nor is one that somebody may hold open whom the
    /// entry does not let in. Until it is finished it is as a file that was made here.
    func take(
        _ entry: TreeEntry,
        _ name: FileName,
        in folder: borrowing Directory
    ) throws(Fault) -> WritableFile? {
        guard let listed = try folder.status(of: name), listed.isRegular, listed.links == 1,
            isHeldByFriends(listed, of: entry)
        else { return nil }
        let file: Descriptor
        do throws(Fault) { file = try folder.openFile(name, .readWrite) } catch {
            // It could not be read or written; a new one can.
            guard error.code == .fileDenied || error.code == .fileKind else { throw error }
            return nil
        }
        guard try file.status().links == 1 else { return nil }
        if listed.owner != Account.currentID {
            let current = Account.current
            try file.setOwner(current.uid, group: current.gid)
        }
        try file.setMode(0o600)
        // An access list that the entry does not have would let somebody in.
        try file.removeAttributes()
        let status = try file.status()
        if !Self.isOurs(status) { showsOwners = false }
        known.insert(status.identity)
        files.insert(file, entry.path)
        return WritableFile(path: entry.path, isSparse: false, isTaken: true)
    }

    /// Whether those who could open a file so far may have what an entry holds: who has it open reads and writes on, whatever becomes of
    /// its owner and its mode.
    private func isHeldByFriends(_ listed: FileStatus, of entry: TreeEntry) -> Bool {
        let (user, group) = owner(of: entry) ?? (Account.currentID, listed.group)
        let rights = listed.mode & 0o077
        return (listed.owner == user || listed.owner == Account.currentID)
            && rights & ~entry.mode == 0 && (rights & 0o070 == 0 || listed.group == group)
    }

    /// Makes a folder this user's alone until ``complete()``.
    func take(folder name: FileName, in folder: borrowing Directory) throws(Fault) {
        let inner = try folder.child(name)
        let user = Account.currentID
        let status = try inner.status()
        if status.owner != user || status.mode != 0o700 {
            try inner.setOwner(user, group: status.group, mode: 0o700)
        }
        try inner.removeAttributes()
        known.insert(status.identity)
    }

    /// Makes a range of a file that was taken over zero, where it is not; beyond its end nothing is done.
    ///
    /// - Throws: `E-IO-…`.
    public func clear(_ range: Range<Int64>, of file: WritableFile) throws(Fault) {
        let open = try open(file.path)
        var offset = range.lowerBound
        while offset < range.upperBound {
            let count = Int(min(Self.pieceBytes, range.upperBound - offset))
            let present = try open.descriptor.read(upTo: count, at: offset)
            if present.isEmpty { return }
            for run in Self.data(in: present[...], at: offset) {
                try open.descriptor.write(
                    [UInt8](repeating: 0, count: run.count),
                    at: offset + Int64(run.lowerBound)
                )
                written += Int64(run.count)
            }
            offset += Int64(present.count)
        }
    }

    /// Removes everything that was neither made nor taken over.
    ///
    /// A symbolic link is removed and not followed. Folders that hold something of the tree stay.
    ///
    /// - Parameter isSpared: Whether a path stays, with all that is below it.
    /// - Returns: The symbolic links that were removed.
    /// - Throws: `E-IO-…`.
    public func removeOthers(
        sparing isSpared: @Sendable (TreePath) -> Bool
    ) throws(Fault) -> [TreePath] {
        var links: [TreePath] = []
        _ = try removeOthers(in: try target.reopened(), .root, isSpared, &links)
        return links
    }

    /// Removes what is there under a name, with all that is below it.
    func remove(
        _ name: FileName,
        _ status: FileStatus,
        in folder: borrowing Directory
    ) throws(Fault) {
        try folder.removeTree(name, isDirectory: status.isDirectory)
    }

    /// Whether the folder is empty then.
    private func removeOthers(
        in folder: borrowing Directory,
        _ path: TreePath,
        _ isSpared: @Sendable (TreePath) -> Bool,
        _ links: inout [TreePath]
    ) throws(Fault) -> Bool {
        var isEmpty = true
        for name in try folder.names() {
            let place = path.appending(name)
            guard let status = try folder.status(of: name) else { continue }
            let isKnown = known.contains(status.identity)
            if isSpared(place) || isKnown && !status.isDirectory {
                isEmpty = false
                continue
            }
            if status.isDirectory {
                let inner = try folder.child(name)
                let isLeftEmpty = try removeOthers(in: inner, place, isSpared, &links)
                guard isLeftEmpty, !isKnown else {
                    isEmpty = false
                    continue
                }
                try folder.removeDirectory(name)
            } else {
                if status.kind == .symbolicLink, links.count < 100 { links.append(place) }
                try folder.removeFile(name)
            }
        }
        return isEmpty
    }

    /// The stretches of a piece that are not what is there, in pages counted from the start of the file.
    static func changes(
        of present: [UInt8],
        to bytes: ArraySlice<UInt8>,
        at offset: Int64
    ) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var start = bytes.startIndex
        while start < bytes.endIndex {
            let position = offset + Int64(start - bytes.startIndex)
            let end = min(bytes.endIndex, start + Int(page - position % page))
            let known = present.dropFirst(start - bytes.startIndex).prefix(end - start)
            if !known.elementsEqual(bytes[start..<end]) {
                if let last = runs.last, last.upperBound == start {
                    runs[runs.count - 1] = last.lowerBound..<end
                } else {
                    runs.append(start..<end)
                }
            }
            start = end
        }
        return runs
    }
}
