public import Model
import SystemIO
public import SystemPackage

/// A new folder below the system's folder for temporary files, removed with all that is in it.
public final class ScratchFolder: Sendable {
    /// Where it is.
    public let path: FilePath

    /// Makes a folder.
    ///
    /// - Throws: `E-IO-…`.
    public init() throws(Fault) {
        path = FilePath("/tmp").appending(FileName.temporary())
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
