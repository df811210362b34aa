public import Model

/// One path of a snapshot: what it is and where its content lies.
public struct ManifestEntry: Sendable, Hashable {
    /// What a path is.
    public enum Kind: Int, Sendable, CaseIterable {
        /// An ordinary file.
        case file
        /// A directory.
        case directory
        /// A symbolic link; ``ManifestEntry/target`` is its text.
        case symbolicLink
        /// Another name of the file that ``ManifestEntry/target`` names.
        case hardLink
        /// A named pipe.
        case fifo
        /// A socket.
        case socket
        /// A character device.
        case characterDevice
        /// A block device.
        case blockDevice
    }

    /// How the content can be checked.
    public enum Digest: Sendable, Hashable {
        /// There is no content.
        case none
        /// SHA-256 of the content.
        case sha256(Digest256)
        /// SHA-256 of the ids of the content's pages of this many bytes.
        case pages(Digest256, pageBytes: Int)
    }

    /// An extended attribute, ACLs included.
    public struct Attribute: Sendable, Hashable {
        /// Its name, raw bytes.
        public let name: [UInt8]
        /// Its value.
        public let value: [UInt8]

        /// Pairs a name and a value.
        public init(name: [UInt8], value: [UInt8]) {
            self.name = name
            self.value = value
        }
    }

    /// What stat(2) said of the source, to recognise it unchanged.
    public struct Source: Sendable, Hashable {
        /// Device number.
        public let device: UInt64
        /// Inode number.
        public let inode: UInt64
        /// Time of the last status change.
        public let changed: Instant

        /// Puts the three together.
        public init(device: UInt64, inode: UInt64, changed: Instant) {
            self.device = device
            self.inode = inode
            self.changed = changed
        }
    }

    /// Relative to the component's root, components joined by `/`, raw bytes.
    public var path: [UInt8]
    /// What it is.
    public var kind: Kind
    /// The 12 permission bits.
    public var mode: UInt16
    /// User id.
    public var owner: UInt32 = 0
    /// Group id.
    public var group: UInt32 = 0
    /// User name, empty when unknown.
    public var ownerName = ""
    /// Group name, empty when unknown.
    public var groupName = ""
    /// Time of the last modification.
    public var modified = Instant(nanoseconds: 0)
    /// Link text or the other name.
    public var target: [UInt8] = []
    /// Extended attributes.
    public var attributes: [Attribute] = []
    /// Device number of a device file.
    public var deviceNumber: UInt64 = 0
    /// What stat(2) said of the source.
    public var source: Source?
    /// The keyed tag of a secret's plain text.
    public var secretTag: [UInt8] = []
    /// Whether the file changed while it was read.
    public var changedWhileRead = false
    /// The content's length in bytes.
    public internal(set) var size: Int64 = 0
    /// How the content can be checked.
    public internal(set) var digest = Digest.none
    /// Where the content lies, in order.
    public internal(set) var extents: [Extent] = []

    /// Describes a path without content.
    public init(path: [UInt8], kind: Kind, mode: UInt16) {
        self.path = path
        self.kind = kind
        self.mode = mode
    }
}
