public import Model

/// How a head names a pack.
public struct PackReference: Sendable, Codable, Hashable {
    /// The SHA-256 of its bytes, which is its name.
    public let id: Digest256
    /// Its length.
    public let bytes: Int

    /// Names a pack.
    public init(id: Digest256, bytes: Int) {
        self.id = id
        self.bytes = bytes
    }
}
