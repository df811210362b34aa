internal import FileTrees
internal import Model
internal import SystemIO
internal import SystemPackage
internal import Vault

/// Reads restored files back from the disk and compares them with the snapshot, one after the other.
struct TreeVerifier {
    /// A file to check.
    struct Work: Sendable {
        let entry: ManifestEntry
        let place: TreeEntry
    }

    private static let pieceBytes: Int64 = 1 << 20
    private let tree: RestoringTree
    private let pageKey: [UInt8]
    private let progress: ProgressReporter

    init(_ tree: RestoringTree, pageKey: [UInt8], progress: ProgressReporter) {
        self.tree = tree
        self.pageKey = pageKey
        self.progress = progress
    }

    /// Checks a file, then gives it its attributes.
    ///
    /// - Throws: `E-VAULT-DAMAGED` when the file on the disk is not what was backed up.
    func run(_ work: Work) throws(Fault) {
        guard let name = work.place.path.lastName else {
            preconditionFailure("a file has a name")
        }
        let file = try folder(work.place.path.parent).openFile(name, .readWrite)
        // A hole at the end was not written.
        if try file.status().size < work.place.size { try file.resize(to: work.place.size) }
        guard try Self.matches(work, file, pageKey: pageKey, progress: progress) else {
            throw Self.mismatch(work.place.path)
        }
        try tree.finish(work.place, file)
        try file.close()
    }

    /// Looks whether a file that was there is what it should be; then it gets its attributes and needs nothing more.
    func keep(_ work: Work, number: UInt32) throws(Fault) {
        guard let name = work.place.path.lastName else {
            preconditionFailure("a file has a name")
        }
        let file = try folder(work.place.path.parent).openFile(name, .readWrite)
        guard try file.status().size == work.place.size,
            try Self.matches(work, file, pageKey: pageKey, progress: progress)
        else { return }
        try tree.finish(work.place, file)
        tree.keep(number, work.place)
    }

    /// Whether the bytes of an open file, as far as the entry says, are what was backed up.
    static func matches(
        _ work: Work,
        _ file: borrowing Descriptor,
        pageKey: [UInt8],
        progress: ProgressReporter
    ) throws(Fault) -> Bool {
        var check = ContentCheck(work.entry, pageKey: pageKey)
        var offset: Int64 = 0
        while true {
            try Cancellation.check("verify a restored tree")
            let count = Int(min(pieceBytes, work.place.size - offset))
            let piece = count > 0 ? try file.read(upTo: count, at: offset) : []
            if piece.isEmpty { break }
            check.update(piece[...])
            offset += Int64(piece.count)
            progress(.advanced(Int64(piece.count)))
        }
        return check.finish()
    }

    /// Compares the bytes of a file that is not in the tree.
    static func check(_ bytes: [UInt8], _ work: Work, pageKey: [UInt8]) throws(Fault) {
        var check = ContentCheck(work.entry, pageKey: pageKey)
        check.update(bytes[...])
        guard check.finish() else { throw mismatch(work.place.path) }
    }

    /// Reached name by name, so that no symbolic link on the way is followed.
    private func folder(_ path: TreePath) throws(Fault) -> Directory {
        var directory = try tree.folder.reopened()
        for name in path.names { directory = try directory.child(name) }
        return directory
    }

    private static func mismatch(_ path: TreePath) -> Fault {
        Fault(
            .damaged,
            "unable to restore file '\(path)': what came back is not what was backed up",
            hints: ["Run `lifeboat check`, and restore another snapshot or from another copy."]
        )
    }
}
