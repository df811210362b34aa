public import Model

/// Which snapshot, and the moment that it stands for: what retention decides by.
public struct SnapshotMoment: Sendable, Hashable {
    /// Its name.
    public let id: SnapshotID
    /// The moment that it stands for.
    public let time: Instant

    /// Groups the two.
    public init(id: SnapshotID, time: Instant) {
        self.id = id
        self.time = time
    }
}
