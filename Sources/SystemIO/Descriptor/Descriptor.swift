import CLinux
import Glibc
public import Model
public import SystemPackage

/// An open file that has one owner, who closes it.
///
/// Calls that a signal interrupts are repeated. Every descriptor is closed in child processes. One that is dropped
/// without ``close()`` is closed too, but then nobody hears of a write that the system could not finish.
public struct Descriptor: ~Copyable, Sendable {
    /// The path it was opened with, for messages.
    public let path: FilePath
    private var number: Int32

    /// Takes over an open descriptor.
    public init(owning rawValue: Int32, path: FilePath) {
        number = rawValue
        self.path = path
    }

    deinit {
        if number >= 0 { _ = Glibc.close(number) }
    }

    /// The number that the system gave, for calls that this type does not offer.
    public var rawValue: Int32 { number }

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - path: The file; symbolic links are followed, see ``Directory`` for where they must not be.
    ///   - access: What is to be done with it.
    ///   - create: Whether it may or must be made.
    ///   - truncate: Whether what it holds is thrown away.
    /// - Returns: The open file, whose owner closes it.
    /// - Throws: `E-IO-…` with the path.
    public static func open(
        _ path: FilePath,
        _ access: Access,
        create: CreateMode = .never,
        truncate: Bool = false
    ) throws(Fault) -> Descriptor {
        let flags = flags(access, create, truncate: truncate)
        let number = try checked("open file", path) {
            unsafe path.withPlatformString { unsafe Glibc.open($0, flags, create.mode) }
        }
        return Descriptor(owning: number, path: path)
    }

    /// Opens a file for reading and writing that has no name and vanishes when it is closed.
    ///
    /// - Throws: `E-IO-…` with the folder.
    public static func anonymous(in directory: FilePath) throws(Fault) -> Descriptor {
        let attempt = retrying {
            unsafe directory.withPlatformString { unsafe linux_open_anonymous($0, O_RDWR, 0o600) }
        }
        if case .success(let number) = attempt {
            return Descriptor(owning: number, path: directory)
        }
        // Not every file system knows O_TMPFILE (NFS, overlay on old kernels).
        let folder = try Directory.open(directory)
        let name = FileName.temporary()
        let file = try folder.openFile(name, .readWrite, create: .exclusive(0o600))
        try folder.removeFile(name)
        return file
    }

    /// Opens a file for reading and writing that is in memory only and vanishes when it is closed.
    ///
    /// - Throws: `E-IO-LIMIT` and the like.
    public static func inMemory() throws(Fault) -> Descriptor {
        let path: FilePath = "memory"
        let number = try checked("make file", path) { unsafe linux_open_memory("lifeboat") }
        return Descriptor(owning: number, path: path)
    }

    /// Closes the file.
    ///
    /// - Throws: `E-IO-…` when something written earlier could not be kept; the descriptor is gone all the same.
    public consuming func close() throws(Fault) {
        let taken = number
        number = -1
        guard Glibc.close(taken) == 0 else {
            let error = Errno.last
            // Linux has closed the descriptor even when a signal came.
            guard error == .interrupted else { throw .unable("close file", path, error) }
            return
        }
    }

    /// What the system knows about the file.
    ///
    /// - Throws: `E-IO-…` with the path.
    public func status() throws(Fault) -> FileStatus {
        var status = stat()
        try checked("examine file", path) { unsafe fstat(number, &status) }
        return FileStatus(status)
    }

    static func flags(_ access: Access, _ create: CreateMode, truncate: Bool) -> Int32 {
        access.flags | create.flags | (truncate ? O_TRUNC : 0) | O_CLOEXEC
    }
}
