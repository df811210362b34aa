import Glibc
public import Model
public import SystemPackage

/// Questions and changes that concern paths rather than open files.
public enum FileSystem {
    /// Makes a folder and the missing ones above it; each new name is durable when this returns.
    ///
    /// Those that are made get the permission bits `mode`, of which the umask takes some away.
    ///
    /// - Throws: `E-IO-KIND` when something on the way is no folder, `E-IO-…` with the path.
    public static func makeDirectories(_ path: FilePath, mode: UInt16) throws(Fault) {
        if let status = try followedStatus(path) {
            guard status.isDirectory else { throw .unable("make folder", path, .notDirectory) }
            return
        }
        guard let name = path.lastName else {
            throw .unable("make folder", path, .invalidArgument)
        }
        try makeDirectories(path.parent, mode: mode)
        let folder = try Directory.open(path.parent)
        do throws(Fault) {
            try folder.makeDirectory(name, mode: mode)
        } catch  where error.systemError == .fileExists {
            // Somebody else was faster; it is a folder or the caller's next step says so.
        }
        try folder.synchronize()
    }

    /// Whether a folder is empty; nil when it does not exist.
    ///
    /// - Throws: `E-IO-KIND` when it is no folder, `E-IO-…` with the path.
    public static func isEmptyDirectory(_ path: FilePath) throws(Fault) -> Bool? {
        do throws(Fault) {
            return try Directory.open(path).names().isEmpty
        } catch  where error.systemError == .noSuchFileOrDirectory {
            return nil
        }
    }

    /// What the system knows about a path; a symbolic link at its end is not followed.
    ///
    /// - Returns: nil when there is nothing.
    /// - Throws: `E-IO-…` with the path.
    public static func status(_ path: FilePath) throws(Fault) -> FileStatus? {
        try status(path, flags: AT_SYMLINK_NOFOLLOW)
    }

    /// What the system knows about a path, symbolic links followed.
    ///
    /// - Returns: nil when there is nothing.
    /// - Throws: `E-IO-…` with the path.
    public static func followedStatus(_ path: FilePath) throws(Fault) -> FileStatus? {
        try status(path, flags: 0)
    }

    /// The absolute path without symbolic links, `.` and `..` (`realpath`).
    ///
    /// - Throws: `E-IO-MISSING`, `E-IO-…` with the path.
    public static func resolved(_ path: FilePath) throws(Fault) -> FilePath {
        guard let found = unsafe path.withPlatformString({ unsafe realpath($0, nil) }) else {
            throw .unable("find", path, .last)
        }
        defer { unsafe free(found) }
        return unsafe FilePath(platformString: found)
    }

    /// Removes a file, or a folder with all that is below it; symbolic links are removed, never followed.
    ///
    /// - Throws: `E-IO-…` with the path of what could not be removed; nothing being there is success.
    public static func removeTree(_ path: FilePath) throws(Fault) {
        guard let status = try status(path) else { return }
        guard let name = path.lastName else {
            throw .unable("remove", path, .invalidArgument)
        }
        try Directory.open(path.parent).removeTree(name, isDirectory: status.isDirectory)
    }

    /// The space that this user may still fill on the file system of a path.
    ///
    /// - Throws: `E-IO-…` with the path.
    public static func freeSpace(at path: FilePath) throws(Fault) -> ByteCount {
        var status = statvfs()
        try checked("examine the disk of", path) {
            unsafe path.withPlatformString { unsafe statvfs($0, &status) }
        }
        let (bytes, over) = UInt64(status.f_bavail).multipliedReportingOverflow(
            by: UInt64(status.f_frsize)
        )
        return ByteCount(over ? Int64.max : Int64(clamping: bytes))
    }

    /// Brings a folder's list of names to the disk.
    ///
    /// - Throws: `E-IO-…` with the path.
    public static func synchronizeDirectory(_ path: FilePath) throws(Fault) {
        try Directory.open(path).synchronize()
    }

    private static func status(_ path: FilePath, flags: Int32) throws(Fault) -> FileStatus? {
        var status = stat()
        let attempt = retrying {
            unsafe path.withPlatformString { unsafe fstatat(AT_FDCWD, $0, &status, flags) }
        }
        switch attempt {
        case .success: return FileStatus(status)
        case .failure(.noSuchFileOrDirectory): return nil
        case .failure(let error): throw .unable("examine", path, error)
        }
    }
}

extension Directory {
    /// Removes a name, or a folder with all that is below it; symbolic links are removed, never followed.
    ///
    /// - Throws: `E-IO-…` with the path of what could not be removed.
    /// - Complexity: One open descriptor for each level of folders.
    public func removeTree(_ name: FileName, isDirectory: Bool) throws(Fault) {
        guard isDirectory else { return try removeFile(name) }
        let folder: Directory
        do throws(Fault) {
            folder = try child(name)
        } catch  where error.systemError == .permissionDenied {
            try setMode(0o700, of: name)
            folder = try child(name)
        }
        for inner in try folder.names() {
            let isFolder = try folder.status(of: inner)?.isDirectory ?? false
            try folder.removeTree(inner, isDirectory: isFolder)
        }
        try removeDirectory(name)
    }
}
