public import Model

/// What a replication would copy.
public struct ReplicationPreview: Sendable {
    /// Snapshots that the target wants and lacks.
    public internal(set) var snapshots: [SnapshotID] = []
    /// How many packs they need that are not there.
    public internal(set) var packs = 0
    /// How many pieces of log are wanted and not there.
    public internal(set) var logPieces = 0
    /// How many bytes the snapshots and packs have.
    public internal(set) var bytes = ByteCount.zero
    /// Snapshots of the source that are damaged.
    public internal(set) var damage: [ReplicationReport.Finding] = []

    /// Nothing.
    public init() {}

    /// Whether the target lacks nothing.
    public var isEmpty: Bool { snapshots.isEmpty && logPieces == 0 && damage.isEmpty }
}
