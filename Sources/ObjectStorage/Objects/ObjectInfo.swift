public import Model

/// What a store tells about an object without handing out its bytes.
public struct ObjectInfo: Sendable, Hashable {
    /// Its name.
    public let name: ObjectName
    /// Its length.
    public let bytes: Int64
    /// When it was stored, by the store's clock.
    public let modified: Instant
    /// The provider's class of storage, such as `DEEP_ARCHIVE`; nil where there are none, or it is the usual one.
    public let storageClass: String?
    /// Until when it cannot be deleted; nil when it can, and in listings, which do not tell.
    public let lockedUntil: Instant?

    /// Makes one from what is known.
    public init(
        name: ObjectName,
        bytes: Int64,
        modified: Instant,
        storageClass: String? = nil,
        lockedUntil: Instant? = nil
    ) {
        self.name = name
        self.bytes = bytes
        self.modified = modified
        self.storageClass = storageClass
        self.lockedUntil = lockedUntil
    }
}
