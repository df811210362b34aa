public import Model

/// What a store tells about an object without handing out its bytes.
public struct ObjectInfo: Sendable, Hashable {
    /// Its name.
    public let name: ObjectName
    /// Its length.
    public let bytes: Int64
    /// When it was stored, by the store's clock.
    public let modified: Instant

    /// Makes one from what is known.
    public init(name: ObjectName, bytes: Int64, modified: Instant) {
        self.name = name
        self.bytes = bytes
        self.modified = modified
    }
}
