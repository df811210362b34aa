public import Model
public import ObjectStorage

/// A numbered document that an enrolled host signed.
public struct VaultDocument<Content: Codable & Sendable>: Sendable {
    /// Its name in the vault.
    public let name: ObjectName
    /// Its number in its folder; numbers grow, and two writers at once may choose the same.
    public let number: UInt64
    /// Who wrote it.
    public let host: String
    /// When, by the writer's clock.
    public let time: Instant
    /// When it was stored, by the store's clock.
    public let stored: Instant
    /// What it says.
    public let content: Content
}
