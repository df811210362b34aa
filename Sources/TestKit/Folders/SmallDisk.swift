import Glibc
public import Model
import SystemIO
public import SystemPackage

/// A file system in memory with little room, mounted on a folder of a test; unmounted with the object.
///
/// Only root can mount.
public final class SmallDisk {
    /// Where it is.
    public let path: FilePath
    private let ballast: FilePath

    /// Mounts it on a folder, which is made when it is missing.
    ///
    /// - Throws: `E-TEST-DISK` when the system does not allow it.
    public init(_ path: FilePath, size: ByteCount) throws(Fault) {
        self.path = path
        ballast = path.appending("ballast")
        try FileSystem.makeDirectories(path, mode: 0o700)
        try Self.mount(path, size)
    }

    deinit { unmount() }

    /// Unmounts it; what it holds is gone.
    ///
    /// Must come before the folder of the test is removed, or that fails.
    public func unmount() { unsafe umount2(path.string, Int32(MNT_DETACH)) }

    /// Changes its size.
    public func resize(_ size: ByteCount) throws(Fault) {
        try Self.mount(path, size, flags: UInt(MS_REMOUNT))
    }

    /// Lets nobody write to it any more.
    public func makeReadOnly() throws(Fault) {
        try Self.mount(
            path,
            try FileSystem.freeSpace(at: path),
            flags: UInt(MS_REMOUNT | MS_RDONLY)
        )
    }

    private static func mount(
        _ path: FilePath,
        _ size: ByteCount,
        flags: UInt = 0
    ) throws(Fault) {
        let options = "size=\(size.bytes),mode=700"
        guard unsafe Glibc.mount("tmpfs", path.string, "tmpfs", flags, options) == 0 else {
            throw Fault(.testDisk, "unable to mount a small disk: error \(errno)")
        }
    }

    /// Takes all of its room but for some.
    public func fill(leaving size: ByteCount) throws(Fault) {
        let free = try FileSystem.freeSpace(at: path)
        let file = try Descriptor.open(ballast, .write, create: .ifMissing(0o600))
        let failure = posix_fallocate(file.rawValue, 0, off_t(free.bytes - size.bytes))
        guard failure == 0 else {
            throw Fault(.testDisk, "unable to fill a small disk: error \(failure)")
        }
        try file.close()
    }

    /// Gives the room back that ``fill(leaving:)`` took.
    public func empty() throws(Fault) { try FileSystem.removeTree(ballast) }
}

extension Fault.Code {
    /// The system does not allow a small file system to be mounted for a test.
    public static let testDisk = Fault.Code("E-TEST-DISK", .permanent, exit: .failed)
}
