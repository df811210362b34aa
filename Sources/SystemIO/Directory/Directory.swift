import CLinux
import Glibc
public import Model
public import SystemPackage

/// An open folder, from which everything below is reached name by name.
///
/// No call follows a symbolic link below the folder, so nobody who may write there can lead a walk elsewhere. The
/// folder keeps its identity when it is renamed.
public struct Directory: ~Copyable, Sendable {
    /// The path it was opened with, for messages.
    public let path: FilePath
    private var number: Int32

    init(owning rawValue: Int32, path: FilePath) {
        number = rawValue
        self.path = path
    }

    deinit {
        if number >= 0 { _ = Glibc.close(number) }
    }

    /// The number that the system gave, for calls that this type does not offer.
    public var rawValue: Int32 { number }

    /// Opens a folder; symbolic links on the way there are followed.
    ///
    /// - Throws: `E-IO-MISSING`, `E-IO-KIND` when it is no folder, `E-IO-…` with the path.
    public static func open(_ path: FilePath) throws(Fault) -> Directory {
        let number = try checked("open folder", path) {
            unsafe path.withPlatformString {
                unsafe Glibc.open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
            }
        }
        return Directory(owning: number, path: path)
    }

    /// Opens a folder under another path than the one that messages name.
    ///
    /// - Throws: `E-IO-MISSING`, `E-IO-KIND` when it is no folder, `E-IO-…` with the path that was opened.
    public static func open(_ path: FilePath, knownAs name: FilePath) throws(Fault) -> Directory {
        let folder = try open(path)
        return try folder.reopened(knownAs: name)
    }

    /// A path that leads to this folder while it is open, whatever becomes of its name (see proc(5), fd).
    public var anchor: FilePath { FilePath("/proc/self/fd/\(number)") }

    /// Opens the same folder once more.
    ///
    /// - Throws: `E-IO-…` with the path.
    public func reopened() throws(Fault) -> Directory { try reopened(knownAs: path) }

    private func reopened(knownAs name: FilePath) throws(Fault) -> Directory {
        let copy = try checked("open folder", path) {
            unsafe openat(number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        }
        return Directory(owning: copy, path: name)
    }

    /// Opens a folder of this folder.
    ///
    /// - Throws: `E-IO-MISSING`, `E-IO-KIND` when it is no folder but, say, a symbolic link, `E-IO-…` with the path.
    public func child(_ name: FileName) throws(Fault) -> Directory {
        let child = try checked("open folder", path.appending(name)) {
            unsafe name.withCString {
                unsafe openat(number, $0, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0)
            }
        }
        return Directory(owning: child, path: path.appending(name))
    }

    /// Opens an ordinary file of this folder; anything else is refused without touching it.
    ///
    /// - Throws: `E-IO-MISSING`, `E-IO-EXISTS`, `E-IO-KIND` when it is no ordinary file, `E-IO-…` with the path.
    public func openFile(
        _ name: FileName,
        _ access: Descriptor.Access,
        create: Descriptor.CreateMode = .never
    ) throws(Fault) -> Descriptor {
        let place = path.appending(name)
        // O_NONBLOCK: a named pipe in the file's place must not make the call wait for the pipe's other end.
        let flags =
            Descriptor.flags(access, create, truncate: false) | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        let opened = try checked("open file", place) {
            unsafe name.withCString { unsafe openat(number, $0, flags, create.mode) }
        }
        let file = Descriptor(owning: opened, path: place)
        try file.status().requireOrdinary(place)
        return file
    }

    /// The names in the folder, without `.` and `..`, ordered by bytes.
    ///
    /// - Throws: `E-IO-…` with the path.
    /// - Complexity: O(n log n) in the number of names, which are all held in memory.
    public func names() throws(Fault) -> [FileName] {
        // A descriptor of its own, since a stream takes its descriptor and moves its position.
        let copy = try checked("list folder", path) {
            unsafe openat(number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        }
        guard let stream = unsafe linux_open_stream(copy) else {
            let error = Errno.last
            _ = Glibc.close(copy)
            throw .unable("list folder", path, error)
        }
        defer { unsafe linux_close_stream(stream) }
        var names: [FileName] = []
        var buffer = [CChar](repeating: 0, count: 256)
        while try checked("list folder", path, { unsafe linux_next_name(stream, &buffer) }) == 1 {
            let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            if let name = FileName(bytes) { names.append(name) }
        }
        return names.sorted()
    }

    /// What the system knows about a name of this folder; a symbolic link is not followed.
    ///
    /// - Returns: nil when there is no such name.
    /// - Throws: `E-IO-…` with the path.
    public func status(of name: FileName) throws(Fault) -> FileStatus? {
        var status = stat()
        let attempt = retrying {
            unsafe name.withCString { unsafe fstatat(number, $0, &status, AT_SYMLINK_NOFOLLOW) }
        }
        switch attempt {
        case .success: return FileStatus(status)
        case .failure(.noSuchFileOrDirectory): return nil
        case .failure(let error): throw .unable("examine", path.appending(name), error)
        }
    }

    /// What the system knows about the folder itself.
    ///
    /// - Throws: `E-IO-…` with the path.
    public func status() throws(Fault) -> FileStatus {
        var status = stat()
        try checked("examine folder", path) { unsafe fstat(number, &status) }
        return FileStatus(status)
    }

    /// Brings everything of the file system that the folder is on to the disk (`syncfs`).
    ///
    /// - Throws: `E-IO-…` when anything could not be written since the folder was opened (Linux 5.8 and later).
    public func synchronizeFileSystem() throws(Fault) {
        try checked("synchronize the file system of", path) {
            linux_synchronize_file_system(number)
        }
    }

    /// Brings the folder's list of names to the disk.
    ///
    /// - Throws: `E-IO-…` with the path.
    public func synchronize() throws(Fault) {
        switch retrying({ fsync(number) }) {
        case .success: return
        // Some network file systems cannot do it for folders; they write names through.
        case .failure(.invalidArgument): return
        case .failure(let error): throw .unable("synchronize folder", path, error)
        }
    }
}
