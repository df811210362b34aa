internal import FileTrees
internal import Model
internal import Synchronization
internal import SystemIO
internal import SystemPackage
internal import Vault

/// A tree while it is restored: takes contents from several tasks at once.
final class RestoringTree: ContentSink {
    private struct State {
        let writer: TreeWriter
        let files: PlannedFiles
        var withheld: [UInt32: WithheldFile] = [:]
        /// The files that were there and are what they should be.
        var kept: Set<UInt32> = []
        var result = TreeRestoration()
        var unlistedProblems = 0

        mutating func add(_ problems: [TreeProblem]) {
            for problem in problems {
                if result.problems.count < 1000 {
                    result.problems.append(problem.fault.message)
                } else {
                    unlistedProblems += 1
                }
            }
        }
    }

    /// Where the tree is, without symbolic links.
    let root: FilePath
    /// The folder itself, from which everything is reached, whatever has its name by now.
    let folder: Directory
    private let state: Mutex<State>

    init(
        _ destination: FilePath,
        ownership: TreeWriter.Ownership,
        collision: TreeWriter.Collision,
        temporary directory: FilePath
    ) throws(Fault) {
        let writer = try TreeWriter(
            target: destination,
            ownership: ownership,
            collision: collision
        )
        let files = try PlannedFiles(in: directory)
        state = Mutex(State(writer: writer, files: files))
        root = try FileSystem.resolved(destination)
        folder = try Directory.open(destination, knownAs: root)
    }

    /// Makes what an entry describes; for a file, its number in the restore.
    func create(_ entry: TreeEntry) throws(Fault) -> UInt32? {
        do throws(Fault) {
            return try attempt(entry)
        } catch  where error.systemError == .noSuchFileOrDirectory && !entry.kind.isHardLink {
            // The folder above has no entry, or was left out.
            try makeFolders(entry.path.parent)
            return try attempt(entry)
        }
    }

    /// Keeps a file's place in memory instead of in the tree; its number in the restore.
    func withhold(_ entry: TreeEntry) throws(Fault) -> UInt32 {
        guard entry.size <= WithheldFile.limit else {
            throw Fault(
                .fileTooLarge,
                "unable to restore '\(entry.path)': it is larger than \(ByteCount(WithheldFile.limit))"
            )
        }
        let file = WithheldFile(
            entry: entry,
            bytes: [UInt8](repeating: 0, count: Int(entry.size))
        )
        return try state.withLock { state throws(Fault) in
            let number = try state.files.append(WritableFile(path: entry.path, isSparse: false))
            state.withheld[number] = file
            return number
        }
    }

    func write(
        _ bytes: ArraySlice<UInt8>,
        to file: UInt32,
        at offset: Int64
    ) async throws(Fault) {
        try Cancellation.check("restore a tree")
        try state.withLock { state throws(Fault) in
            if let start = state.withheld[file].map({ _ in Int(offset) }) {
                state.withheld[file]?.bytes.replaceSubrange(
                    start..<start + bytes.count,
                    with: bytes
                )
            } else {
                try state.writer.write(bytes, to: try state.files.file(file), at: offset)
            }
        }
    }

    /// Gives a file whose content was read back its attributes.
    func finish(_ entry: TreeEntry, _ file: borrowing Descriptor) throws(Fault) {
        try state.withLock { state throws(Fault) in
            state.add(try state.writer.finish(entry, file))
            state.result.files += 1
            state.result.bytes += ByteCount(entry.size)
        }
    }

    /// Notes that a file was there and needs nothing.
    func keep(_ file: UInt32, _ entry: TreeEntry) {
        state.withLock { state in
            state.kept.insert(file)
            state.result.kept += ByteCount(entry.size)
        }
    }

    /// Whether a file was there and needed nothing.
    func isKept(_ file: UInt32) -> Bool { state.withLock { $0.kept.contains(file) } }

    /// Makes zero what an entry says is zero, in a file that was taken over; its contents come otherwise.
    func clearHoles(of entry: ManifestEntry, in file: UInt32) throws(Fault) {
        try state.withLock { state throws(Fault) in
            let place = try state.files.file(file)
            guard place.isTaken else { return }
            var offset: Int64 = 0
            for extent in entry.extents {
                if extent.isHole {
                    try state.writer.clear(offset..<offset + extent.length, of: place)
                }
                offset += extent.length
            }
        }
    }

    /// Removes what is not of the tree.
    func removeOthers(sparing isSpared: @Sendable (TreePath) -> Bool) throws(Fault) {
        try state.withLock { state throws(Fault) in
            state.result.removedLinks = try state.writer.removeOthers(sparing: isSpared)
                .map(\.description)
        }
    }

    /// Removes an entry that was made, but for a folder.
    func remove(_ entry: TreeEntry) throws(Fault) {
        try state.withLock { state throws(Fault) in try state.writer.remove(entry) }
    }

    /// Removes the folders that were made, unless they hold something.
    func removeFolders() { state.withLock { $0.writer.removeFolders() } }

    /// Every withheld file.
    var withheld: [WithheldFile] { state.withLock { Array($0.withheld.values) } }

    /// Brings everything to the disk and tells what came back.
    func complete() throws(Fault) -> TreeRestoration {
        try state.withLock { state throws(Fault) in
            state.add(try state.writer.complete())
            state.result.strangers = state.writer.strangers
            state.result.written = ByteCount(state.writer.written)
            for file in state.withheld.values {
                state.result.withheld[file.entry.path] = file
                state.result.files += 1
                state.result.bytes += ByteCount(file.entry.size)
            }
            if state.unlistedProblems > 0 {
                state.result.problems.append("\(state.unlistedProblems) more problems like these")
            }
            return state.result
        }
    }

    private func attempt(_ entry: TreeEntry) throws(Fault) -> UInt32? {
        try state.withLock { state throws(Fault) in
            do throws(Fault) {
                let made = try state.writer.create(entry)
                state.add(made.problems)
                guard let file = made.file else { return nil }
                return try state.files.append(file)
            } catch  where entry.kind.mayBeMissing && Self.isOfThisEntry(error, entry.kind) {
                state.add([TreeProblem(entry.path, .unwritable, error)])
                return nil
            }
        }
    }

    /// Whether a fault concerns one entry alone, so that the rest can come back without it.
    private static func isOfThisEntry(_ fault: Fault, _ kind: TreeEntry.Kind) -> Bool {
        fault.code == .fileDenied || fault.code == .systemFailed
            || (kind.isHardLink && fault.code == .fileMissing)
    }

    /// Makes folders that have no entry of their own; a symbolic link on the way is refused.
    private func makeFolders(_ path: TreePath) throws(Fault) {
        var folder = try self.folder.reopened()
        for name in path.names {
            if try folder.status(of: name) == nil { try folder.makeDirectory(name, mode: 0o700) }
            folder = try folder.child(name)
        }
    }
}

extension TreeEntry.Kind {
    /// Whether it is one more name of a file.
    var isHardLink: Bool {
        if case .hardLink = self { true } else { false }
    }

    /// Whether a tree without it is still worth having: anything but files and folders.
    fileprivate var mayBeMissing: Bool { self != .file && self != .directory }
}
