import Glibc
public import Model
public import SystemPackage

/// An exclusive lock on a file (`flock`), held by at most one descriptor on this host, gone when its holder ends.
public struct FileLock: ~Copyable, Sendable {
    private let file: Descriptor

    /// Takes the lock; the file is made when it is missing and stays afterwards.
    ///
    /// - Parameters:
    ///   - path: The file that stands for what is locked.
    ///   - wait: Whether to block until the holder releases it.
    /// - Returns: nil when somebody holds it and `wait` is false.
    /// - Throws: `E-IO-…` with the path.
    public static func acquire(_ path: FilePath, wait: Bool) throws(Fault) -> FileLock? {
        let file = try Descriptor.open(path, .readWrite, create: .ifMissing(0o600))
        let number = file.rawValue
        switch retrying({ flock(number, LOCK_EX | (wait ? 0 : LOCK_NB)) }) {
        case .success: return FileLock(file: file)
        case .failure(.wouldBlock): return nil
        case .failure(let error): throw .unable("lock file", path, error)
        }
    }

    // Closing would not do: a program that another thread is starting holds a copy of every descriptor for a moment.
    deinit { _ = flock(file.rawValue, LOCK_UN) }

    /// Gives the lock back; dropping it does the same.
    public consuming func release() {}
}
