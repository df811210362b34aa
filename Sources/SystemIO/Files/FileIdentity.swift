/// Which file or folder of this host it is, whatever names lead to it.
public struct FileIdentity: Sendable, Hashable {
    /// The file system it is on.
    public let device: UInt64
    /// Its number on that file system.
    public let inode: UInt64
}

extension FileStatus {
    /// Which file or folder it is.
    public var identity: FileIdentity { FileIdentity(device: device, inode: inode) }
}
