public import Model
public import SystemIO

/// All that is kept of one name in a tree, apart from a file's content.
public struct TreeEntry: Sendable, Hashable {
    /// What a name stands for.
    public enum Kind: Sendable, Hashable {
        /// An ordinary file.
        case file
        /// A folder.
        case directory
        /// A symbolic link and what it holds.
        case symbolicLink(target: [UInt8])
        /// One more name of a file whose entry came earlier.
        case hardLink(to: TreePath)
        /// A named pipe.
        case fifo
        /// A socket.
        case socket
        /// A character device.
        case characterDevice(major: UInt32, minor: UInt32)
        /// A block device.
        case blockDevice(major: UInt32, minor: UInt32)
    }

    /// An extended attribute; POSIX ACLs are attributes too (`system.posix_acl_access`).
    public struct Attribute: Sendable, Hashable {
        /// Its name, with its namespace, such as `user.note`.
        public let name: [UInt8]
        /// Its value.
        public let value: [UInt8]

        /// Makes one.
        public init(name: [UInt8], value: [UInt8]) {
            self.name = name
            self.value = value
        }
    }

    /// Where it is in the tree.
    public var path: TreePath
    /// What it is.
    public var kind: Kind
    /// The twelve permission bits.
    public var mode: UInt16
    /// The user id.
    public var owner: UInt32
    /// The group id.
    public var group: UInt32
    /// The user's name; nil when the host knew none.
    public var ownerName: String?
    /// The group's name; nil when the host knew none.
    public var groupName: String?
    /// The length of a file in bytes; 0 for anything else.
    public var size: Int64
    /// Whether a file occupies less of the disk than its length, so that its zeros should become holes again.
    public var isSparse: Bool
    /// When the content was last changed.
    public var modified: Instant
    /// When the content or the attributes were last changed; tells changes apart that keep ``modified``.
    public var changed: Instant
    /// The file system it was on; with ``inode`` it tells that a file is still the same one.
    public var device: UInt64
    /// Its number on that file system.
    public var inode: UInt64
    /// The extended attributes, ordered by name.
    public var attributes: [Attribute]

    /// Describes an entry from what the system says.
    public init(
        path: TreePath,
        kind: Kind,
        status: FileStatus,
        ownerName: String? = nil,
        groupName: String? = nil,
        attributes: [Attribute] = []
    ) {
        self.path = path
        self.kind = kind
        mode = status.mode
        owner = status.owner
        group = status.group
        self.ownerName = ownerName
        self.groupName = groupName
        size = status.isRegular ? status.size : 0
        isSparse = status.isRegular && status.allocated < status.size
        modified = status.modified
        changed = status.changed
        device = status.device
        inode = status.inode
        self.attributes = attributes
    }

    /// Describes an entry from stored values.
    public init(
        path: TreePath,
        kind: Kind,
        mode: UInt16,
        owner: UInt32,
        group: UInt32,
        ownerName: String? = nil,
        groupName: String? = nil,
        size: Int64 = 0,
        isSparse: Bool = false,
        modified: Instant,
        changed: Instant,
        device: UInt64 = 0,
        inode: UInt64 = 0,
        attributes: [Attribute] = []
    ) {
        self.path = path
        self.kind = kind
        self.mode = mode
        self.owner = owner
        self.group = group
        self.ownerName = ownerName
        self.groupName = groupName
        self.size = size
        self.isSparse = isSparse
        self.modified = modified
        self.changed = changed
        self.device = device
        self.inode = inode
        self.attributes = attributes
    }

    /// Whether a file is what an earlier scan saw, so that its content need not be read again.
    ///
    /// The change time moves with every change and cannot be set back, so an edit that keeps the time of
    /// modification is noticed too.
    public func isUnchanged(since earlier: TreeEntry) -> Bool {
        kind == .file && earlier.kind == .file && path == earlier.path && size == earlier.size
            && modified == earlier.modified && changed == earlier.changed
            && device == earlier.device && inode == earlier.inode
    }
}
