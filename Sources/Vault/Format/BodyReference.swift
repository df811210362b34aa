public import Model

/// How a signed head names the body that follows it.
public struct BodyReference: Sendable, Codable, Hashable {
    /// The body's length.
    public let bytes: Int
    /// The body's SHA-256.
    public let sha256: Digest256
}
