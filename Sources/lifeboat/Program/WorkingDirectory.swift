import Glibc
import SystemPackage

/// Where the program was started.
enum WorkingDirectory {
    /// Its path; nil when it was removed meanwhile.
    static var current: FilePath? {
        guard let text = unsafe getcwd(nil, 0) else { return nil }
        defer { unsafe free(text) }
        return unsafe FilePath(platformString: text)
    }
}
