public import Model
import SystemIO
public import SystemPackage

/// A new folder below the system's folder for temporary files, or in memory, removed with all that is in it.
public final class ScratchFolder: Sendable {
    /// Where it is.
    public let path: FilePath

    /// Makes a folder, in memory where the system has such a place and it is asked for.
    ///
    /// - Throws: `E-IO-…`.
    public init(inMemory: Bool = false) throws(Fault) {
        let memory = FilePath("/dev/shm")
        let isThere = try FileSystem.status(memory) != nil
        path = (inMemory && isThere ? memory : FilePath("/tmp")).appending(FileName.temporary())
        FolderGuard.shared.watch(path.string)
        try FileSystem.makeDirectories(path, mode: 0o700)
    }

    deinit {
        do throws(Fault) {
            try FileSystem.removeTree(path)
        } catch {
            // Something is still mounted or held there; the system clears its temporary files at the next start.
        }
        FolderGuard.shared.release(path.string)
    }
}
