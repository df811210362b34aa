public import StackConfiguration
public import SystemPackage
public import Vault

/// What `init` has made.
public struct Initialised: Sendable {
    /// The configuration as it was written.
    public let configuration: StackConfiguration
    /// Where it was written.
    public let configurationFile: FilePath
    /// The recovery kit, which is a secret.
    public let kit: RecoveryKit
    /// Where the kit was written.
    public let kitFile: FilePath
    /// The vault, with this host enrolled.
    public let vault: Vault
}
