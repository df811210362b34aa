public import Model

/// One of the contents that a key of a versioned bucket has had.
public struct S3Version: Sendable, Hashable {
    /// What the server calls it.
    public let id: String
    /// Its length.
    public let bytes: Int64
    /// When it was stored, by the server's clock.
    public let modified: Instant
    /// Whether it is what a read without a version gets.
    public let isCurrent: Bool
    /// Whether it has no bytes and says that the object was deleted.
    public let isDeletion: Bool
}
