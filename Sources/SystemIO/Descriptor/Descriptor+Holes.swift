import CLinux
import Glibc
public import Model
import SystemPackage

extension Descriptor {
    /// The next stretch of the file that is not a hole.
    ///
    /// - Parameter offset: Where to begin, in bytes from the start of the file.
    /// - Returns: The stretch, which begins at `offset` or later; nil when only a hole, or nothing, follows. A file
    ///   system without holes reports the whole rest.
    /// - Throws: `E-IO-…` with the path.
    public func nextData(from offset: Int64) throws(Fault) -> Range<Int64>? {
        let number = rawValue
        let start: Int64
        switch retrying({ linux_seek_data(number, off_t(offset)) }) {
        case .success(let found): start = Int64(found)
        case .failure(.noSuchAddressOrDevice): return nil
        case .failure(let error): throw .unable("find the data of file", path, error)
        }
        let end = try checked("find the holes of file", path) {
            linux_seek_hole(number, off_t(start))
        }
        return start..<max(start, Int64(end))
    }
}
