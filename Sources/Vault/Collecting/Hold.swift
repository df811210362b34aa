public import Model

/// What a document under `holds/` says: a snapshot must stay, or need not any more.
///
/// Of several documents about one snapshot the one with the highest number counts. Only the host that holds a snapshot
/// can release it, so that who takes over another host cannot.
public struct Hold: Sendable, Codable, Hashable {
    /// The name of the snapshot object.
    public let snapshot: String
    /// Why, in a person's words.
    public let reason: String
    /// Until when; nil: until it is released.
    public let until: Instant?
    /// Whether this ends an earlier hold.
    public let isRelease: Bool

    init(_ snapshot: SnapshotID, reason: String, until: Instant?, isRelease: Bool) {
        self.snapshot = snapshot.description
        self.reason = reason
        self.until = until
        self.isRelease = isRelease
    }
}
