internal import FileTrees
internal import Model
internal import Synchronization
internal import SystemIO
internal import SystemPackage
internal import Vault

/// Counts, for several tasks at once, which files of a folder are what a snapshot says.
final class TreeTally: Sendable {
    private let state = Mutex(TreeComparison())

    /// What was counted.
    var comparison: TreeComparison { state.withLock { $0 } }

    /// Counts a file.
    func add(_ size: Int64, isSame: Bool) {
        state.withLock { state in
            if isSame {
                state.keptFiles += 1
                state.kept += ByteCount(size)
            } else {
                state.otherFiles += 1
                state.other += ByteCount(size)
            }
        }
    }

    /// Whether a file is in a folder as a snapshot says; no symbolic link is followed.
    static func isSame(
        _ work: TreeVerifier.Work,
        below root: FilePath,
        _ pageKey: [UInt8],
        _ progress: ProgressReporter
    ) throws(Fault) -> Bool {
        do throws(Fault) {
            guard let name = work.place.path.lastName else { return false }
            var folder = try Directory.open(root)
            for name in work.place.path.parent.names { folder = try folder.child(name) }
            let file = try folder.openFile(name, .read)
            let status = try file.status()
            guard status.size == work.place.size, status.links == 1 else { return false }
            return try TreeVerifier.matches(work, file, pageKey: pageKey, progress: progress)
        } catch
            where [.fileMissing, .fileKind, .fileDenied].contains(error.code)
        {
            return false
        }
    }
}
