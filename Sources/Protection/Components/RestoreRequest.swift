public import Model
public import Sealing
public import SystemPackage
public import Vault

/// What a person asks a component to bring back.
public struct RestoreRequest: Sendable {
    /// The vault to read from.
    public var vault: Vault
    /// The component's stream.
    public let stream: StreamName
    /// The point to go back to.
    public let target: RecoveryTarget
    /// The snapshot to begin with, where a person named one; nil for the one that the target asks for.
    public var only: SnapshotID?
    /// The timeline of PostgreSQL to follow; nil: the one that the target lies on.
    public var timeline: UInt32?
    /// Whether it ends just before the target instead of just behind it.
    public var isExclusive = false
    /// Whether the destination may hold something: a data directory of the same cluster, damaged or older, or files of which what is right stays.
    public var isDelta = false
    /// Whether services are stopped before the restore begins, so that a server which runs while it is planned is no hindrance; one
    /// that runs when it begins is.
    public var stopsServers = false
    /// Which files and folders come back, as absolute paths of the host that was backed up; all when empty.
    public var paths: [FilePath] = []
    /// Whether files that are there and that the snapshot does not hold are removed.
    public var deletes = false
    /// Whether owners are the numbers of the snapshot, instead of the accounts that have their names here.
    public var keepsNumbers = false
    /// Where tablespaces of PostgreSQL go, by the path that they were made at; the others go beside the data directory.
    public var tablespaces: [String: FilePath] = [:]
    /// Where to put it; nil: where it came from.
    public let destination: FilePath?
    /// What opens the data, and what opens secrets.
    public let identities: [AgeIdentity]
    /// A directory of this host for temporary files; it exists.
    public let state: FilePath
    /// The time of day.
    public let clock: any Timekeeper

    /// Puts a request together.
    public init(
        vault: Vault,
        stream: StreamName,
        target: RecoveryTarget,
        destination: FilePath?,
        identities: [AgeIdentity],
        state: FilePath,
        clock: any Timekeeper
    ) {
        self.vault = vault
        self.stream = stream
        self.target = target
        self.destination = destination
        self.identities = identities
        self.state = state
        self.clock = clock
    }
}
