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

    /// Counts a file after a look at what is in the folder; no symbolic link is followed.
    func count(
        _ work: TreeVerifier.Work,
        below root: FilePath,
        _ pageKey: [UInt8],
        _ progress: ProgressReporter
    ) throws(Fault) {
        var present: Int64 = 0
        var isSame = false
        do throws(Fault) {
            guard let name = work.place.path.lastName else { return }
            var folder = try Directory.open(root)
            for name in work.place.path.parent.names { folder = try folder.child(name) }
            let file = try folder.openFile(name, .read)
            let status = try file.status()
            present = status.size
            // One that has other names is made anew.
            if status.size == work.place.size, status.links == 1 {
                isSame = try TreeVerifier.matches(
                    work,
                    file,
                    pageKey: pageKey,
                    progress: progress
                )
            }
        } catch  where [.fileMissing, .fileKind, .fileDenied].contains(error.code) {}
        let (size, isKept) = (ByteCount(work.place.size), isSame)
        let length = ByteCount(present)
        state.withLock { state in
            if isKept {
                state.keptFiles += 1
                state.kept += size
            } else {
                state.otherFiles += 1
                state.other += size
                state.present += length
            }
        }
    }
}
