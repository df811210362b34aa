public import Model
public import Sealing
public import SystemPackage

/// What a person asks a stack to bring back.
public struct RestoreOptions: Sendable {
    /// The components, by name; all when empty.
    public var components: [String]
    /// The point to go back to.
    public var target: RecoveryTarget
    /// A snapshot that shall come back, `COMPONENT@NUMBER` or the object's name, also if a revoked key signed it; nil for
    /// what the target asks for.
    public var snapshot: String?
    /// The timeline of PostgreSQL to follow; nil: the one that the target lies on.
    public var timeline: UInt32?
    /// Whether it ends just before the target instead of just behind it.
    public var isExclusive = false
    /// Whether the destination may hold something: a data directory of the same cluster, damaged or older, or files of which what is right stays.
    public var isDelta = false
    /// Which files and folders come back, as absolute paths of the host that was backed up; all when empty.
    public var paths: [FilePath] = []
    /// Whether files that are there and that the snapshot does not hold are removed.
    public var deletes = false
    /// Whether files belong to the numbers of the snapshot, instead of the accounts that have their owners' names here.
    public var keepsNumbers = false
    /// The server that PostgreSQL follows when it is to become a standby; nil for an ordinary restore.
    public var standby: StandbyOptions?
    /// Where tablespaces of PostgreSQL go, by the path that they were made at; the others go beside the data directory.
    public var tablespaces: [String: FilePath] = [:]
    /// Where to put it; nil: where it came from.
    ///
    /// One component goes into the folder itself, several each into a folder of its name below it. For one thing it is the folder in which
    /// the scratch cluster gets a folder of its own.
    public var destination: FilePath?
    /// What opens the data, and what opens secrets.
    public var identities: [AgeIdentity]
    /// The vault's id as a recovery kit states it.
    public var vault: Digest256?
    /// The copy to read from, by name; nil for whichever is best, and the others where that one is damaged.
    public var copy: String?
    /// Whether a restored PostgreSQL is recovered at once, by a server of this host.
    public var recovers = true
    /// Whether services are left as they are; else those that may use what is restored in its own place are stopped meanwhile.
    public var leavesServices = false
    /// Whether secrets stay sealed.
    public var keepsSealed = false
    /// Whether the history of a configuration comes back instead of its files.
    public var bringsHistory = false
    /// One table or database that comes back instead of a whole PostgreSQL cluster.
    public var thing: ThingWish?
    /// What is asked of the one Redis among the components; nil for an ordinary restore.
    public var redis: RedisWish?

    /// Puts options together.
    public init(
        components: [String] = [],
        target: RecoveryTarget = .latest,
        destination: FilePath? = nil,
        identities: [AgeIdentity],
        vault: Digest256? = nil
    ) {
        self.components = components
        self.target = target
        self.destination = destination
        self.identities = identities
        self.vault = vault
    }
}
