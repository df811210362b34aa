public import StackConfiguration
public import Vault

/// A configured copy that is there, opened.
public struct OpenCopy: Sendable {
    /// What the configuration says of it.
    public let configuration: CopyConfiguration
    /// The vault as this copy holds it.
    public let vault: Vault

    /// Its name.
    public var name: String { configuration.name }
}
