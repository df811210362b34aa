public import Model
public import SystemPackage

extension FileSystem {
    /// Renames a file within its folder, replacing what has the new name, durably.
    ///
    /// - Throws: `E-IO-…` with the path; then the old names are as they were.
    public static func rename(_ path: FilePath, to target: FilePath) throws(Fault) {
        guard let old = path.lastName, let new = target.lastName, path.parent == target.parent
        else {
            throw .unable("rename", path, .invalidArgument)
        }
        let folder = try Directory.open(target.parent)
        try folder.rename(old, to: new)
        try folder.synchronize()
    }

    /// Removes a file; that there is none is success.
    ///
    /// - Throws: `E-IO-…` with the path.
    public static func removeFile(_ path: FilePath) throws(Fault) {
        guard let name = path.lastName, try status(path) != nil else { return }
        try Directory.open(path.parent).removeFile(name)
    }
}
