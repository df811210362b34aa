import Glibc
import SystemPackage

/// Where the program was started.
enum WorkingDirectory {
    /// Its path; nil when it was removed meanwhile.
    static func current() -> FilePath? {
        guard let text = unsafe getcwd(nil, 0) else { return nil }
        defer { unsafe free(text) }
        return unsafe FilePath(platformString: text)
    }

    /// A path that a person wrote, seen from here.
    static func absolute(_ text: String) -> FilePath {
        let path = FilePath(text)
        guard path.isRelative, let here = current() else { return path.lexicallyNormalized() }
        return here.pushing(path).lexicallyNormalized()
    }
}
