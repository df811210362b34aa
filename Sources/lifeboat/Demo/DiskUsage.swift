import Model
import SystemIO
import SystemPackage

/// How large a folder is.
enum DiskUsage {
    /// The bytes of all regular files in a folder and those below it.
    ///
    /// - Throws: `E-IO-…`.
    static func bytes(below path: FilePath) throws(Fault) -> ByteCount {
        guard let status = try FileSystem.status(path) else { return .zero }
        guard status.isDirectory else { return status.isRegular ? ByteCount(status.size) : .zero }
        var bytes = ByteCount.zero
        for name in try Directory.open(path).names() {
            bytes += try self.bytes(below: path.appending(name))
        }
        return bytes
    }
}
