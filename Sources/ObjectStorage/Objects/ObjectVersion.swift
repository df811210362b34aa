public import Model

/// One of the contents that an object has had, in a store that keeps versions.
public struct ObjectVersion: Sendable, Hashable {
    /// What the store calls it.
    public let id: String
    /// Its length.
    public let bytes: Int64
    /// When it was stored, by the store's clock.
    public let modified: Instant
    /// Whether it is what a read without a version gets.
    public let isCurrent: Bool
    /// Whether it has no bytes and says that the object was deleted.
    public let isDeletion: Bool

    /// Describes one.
    public init(
        id: String,
        bytes: Int64,
        modified: Instant,
        isCurrent: Bool,
        isDeletion: Bool
    ) {
        self.id = id
        self.bytes = bytes
        self.modified = modified
        self.isCurrent = isCurrent
        self.isDeletion = isDeletion
    }
}
