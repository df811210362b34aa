import CLinux
import Glibc
public import Model

/// What the system knows about a file, a folder or anything else with a name (`stat`).
public struct FileStatus: Sendable, Hashable {
    /// What kind of thing a name stands for.
    public enum Kind: Sendable, Hashable {
        /// An ordinary file.
        case regular
        /// A folder.
        case directory
        /// A symbolic link.
        case symbolicLink
        /// A named pipe.
        case fifo
        /// A socket of the Unix domain.
        case socket
        /// A character device.
        case characterDevice
        /// A block device.
        case blockDevice
    }

    /// What kind of thing it is.
    public let kind: Kind
    /// The twelve permission bits, with set-user-ID, set-group-ID and sticky.
    public let mode: UInt16
    /// The user id of the owner.
    public let owner: UInt32
    /// The group id.
    public let group: UInt32
    /// The length in bytes.
    public let size: Int64
    /// When the content was last changed.
    public let modified: Instant
    /// When the content or the attributes were last changed (`ctime`).
    public let changed: Instant
    /// The file system it is on.
    public let device: UInt64
    /// Its number on that file system.
    public let inode: UInt64
    /// How many names it has.
    public let links: UInt64
    /// The bytes it occupies on the disk; fewer than ``size`` when it has holes.
    public let allocated: Int64
    /// The number of a device, see ``major`` and ``minor``; 0 for anything else.
    public let deviceNumber: UInt64

    /// The major number of a device.
    public var major: UInt32 { linux_major(deviceNumber) }
    /// The minor number of a device.
    public var minor: UInt32 { linux_minor(deviceNumber) }
    /// Whether it is an ordinary file.
    public var isRegular: Bool { kind == .regular }
    /// Whether it is a folder.
    public var isDirectory: Bool { kind == .directory }

    init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFDIR: .directory
            case S_IFLNK: .symbolicLink
            case S_IFIFO: .fifo
            case S_IFSOCK: .socket
            case S_IFCHR: .characterDevice
            case S_IFBLK: .blockDevice
            default: .regular
            }
        mode = UInt16(status.st_mode & 0o7777)
        owner = status.st_uid
        group = status.st_gid
        size = Int64(status.st_size)
        modified = Self.instant(status.st_mtim)
        changed = Self.instant(status.st_ctim)
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        links = UInt64(status.st_nlink)
        allocated = Int64(status.st_blocks).multipliedReportingOverflow(by: 512).partialValue
        deviceNumber = UInt64(status.st_rdev)
    }

    /// Times outside the years that `Instant` spans are moved to its ends: a file may carry any time.
    private static func instant(_ time: timespec) -> Instant {
        let (seconds, tooFar) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, over) = seconds.addingReportingOverflow(Int64(time.tv_nsec))
        guard tooFar || over else { return Instant(nanoseconds: sum) }
        return Instant(nanoseconds: time.tv_sec < 0 ? .min : .max)
    }
}
