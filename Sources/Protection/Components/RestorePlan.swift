public import Model
public import SystemPackage
public import Vault

/// What a restore of one component will do.
public struct RestorePlan: Sendable {
    /// The snapshot that it begins with.
    public let snapshot: Snapshot
    /// Where it will be put.
    public let destination: FilePath
    /// Where that is in words, when it is not a folder; the destination then is where temporary files go.
    public let place: String?
    /// The moment that what comes back stands for; nil when only the restore can tell.
    public let point: Instant?
    /// For a log position: a moment at which the source had certainly not come further; what goes back together with it takes that
    /// as its target.
    public let notBefore: Instant?
    /// The steps in words, for people, each a line.
    public var steps: [String]
    /// Bytes that will be written.
    public let bytes: ByteCount
    /// What the component found out and will need, by name.
    public let facts: [String: String]

    /// Describes a restore.
    public init(
        snapshot: Snapshot,
        destination: FilePath,
        place: String? = nil,
        point: Instant?,
        notBefore: Instant? = nil,
        steps: [String],
        bytes: ByteCount,
        facts: [String: String] = [:]
    ) {
        self.snapshot = snapshot
        self.destination = destination
        self.place = place
        self.point = point
        self.notBefore = notBefore
        self.steps = steps
        self.bytes = bytes
        self.facts = facts
    }
}
