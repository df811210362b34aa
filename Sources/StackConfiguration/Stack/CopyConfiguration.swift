public import Model

/// One place where backups live.
public struct CopyConfiguration: Sendable, Hashable {
    /// Where a copy is.
    public enum Address: Sendable, Hashable {
        /// A directory of this machine, by absolute path.
        case directory(String)
        /// Objects in a bucket of an S3 service.
        case bucket(BucketConfiguration)
    }

    /// What a copy is kept on: two copies on one kind can be lost in one way.
    public enum Medium: String, Sendable, Hashable, CaseIterable {
        /// A disk of this machine, or one that is plugged in.
        case disk
        /// A folder that another machine serves.
        case network
        /// An object store.
        case object
        /// A tape.
        case tape
        /// An optical disc.
        case optical
    }

    /// The name, a label.
    public var name: String
    /// Where it is.
    public var address: Address
    /// What it is kept on.
    public var medium: Medium
    /// The place on earth, a label; nil when the file does not say.
    public var site: String?
    /// How long what is stored cannot be deleted there; nil when it can be.
    public var lock: CopyLock?
    /// The most bytes a second that go there or come from there; nil for no bound.
    public var limit: ByteCount?
    /// How often it is brought up to date; nil for with every backup, and with the log as it comes.
    public var every: Duration?
    /// Which snapshots it keeps, in place of what the components say; nil for what they say.
    public var keep: KeepPolicy?
    /// Whether it is there only now and then, such as a disk that is plugged in.
    public var isOffline: Bool

    /// Groups the parts; a `medium` of nil is the address's own kind.
    public init(
        name: String,
        address: Address,
        medium: Medium? = nil,
        site: String? = nil,
        lock: CopyLock? = nil,
        limit: ByteCount? = nil,
        every: Duration? = nil,
        keep: KeepPolicy? = nil,
        isOffline: Bool = false
    ) {
        self.name = name
        self.address = address
        self.medium = medium ?? address.medium
        self.site = site
        self.lock = lock
        self.limit = limit
        self.every = every
        self.keep = keep
        self.isOffline = isOffline
    }
}

extension CopyConfiguration.Address {
    /// What such an address is kept on when the file does not say.
    var medium: CopyConfiguration.Medium {
        switch self {
        case .directory: .disk
        case .bucket: .object
        }
    }
}

extension CopyConfiguration.Address: CustomStringConvertible {
    /// The address as a URL.
    public var description: String {
        switch self {
        case .directory(let path): "file://\(path)"
        case .bucket(let bucket): bucket.url
        }
    }
}
