public import Model
public import SystemPackage
public import Vault

/// What a component may use while it is backed up.
public struct BackupContext: Sendable {
    /// The vault that the session writes to.
    public let vault: Vault
    /// Where the log goes.
    public let log: LogCopies
    /// The keys of this host.
    public let keys: HostKeys
    /// The component's stream.
    public let stream: StreamName
    /// A directory of this host for locks and temporary files; it exists.
    public let state: FilePath
    /// The time of day.
    public let clock: any Timekeeper
    /// Whether the source is read whole, also where something says what of it changed.
    public let readsEverything: Bool
    /// Hears how far the work is.
    public let progress: ProgressReporter

    /// Puts a context together; the log goes to `vault` unless `log` says otherwise.
    public init(
        vault: Vault,
        log: LogCopies? = nil,
        keys: HostKeys,
        stream: StreamName,
        state: FilePath,
        clock: any Timekeeper,
        readsEverything: Bool = false,
        progress: ProgressReporter
    ) {
        self.vault = vault
        self.log = log ?? LogCopies(vault)
        self.keys = keys
        self.stream = stream
        self.state = state
        self.clock = clock
        self.readsEverything = readsEverything
        self.progress = progress
    }
}
