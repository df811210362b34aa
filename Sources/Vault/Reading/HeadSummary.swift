public import Model

/// What a verified head says of its snapshot, without the packs: small enough to hold ten thousand of.
public struct HeadSummary: Sendable, Codable, Hashable {
    /// Its name.
    public let id: SnapshotID
    /// The public key that signed it.
    let by: String
    /// What kind of component it holds.
    public let kind: ComponentKind
    /// The stack snapshot that it is part of.
    public let set: String
    /// The moment that it stands for.
    public let time: Instant
    /// When the backup began, by the host's clock.
    public let started: Instant
    /// When the backup was committed, by the host's clock.
    public let finished: Instant
    /// How much it holds.
    public let sizes: SnapshotHead.Sizes
    /// How many paths could not be read; more than zero means incomplete.
    public let problems: Int
    /// How many packs it names.
    public let packs: Int
    /// The object's length, in bytes.
    public let objectBytes: Int64
    /// The SHA-256 of the head that was verified, its signature included.
    public let digest: Digest256

    init(_ snapshot: Snapshot, digest: Digest256) {
        id = snapshot.id
        by = snapshot.head.by
        kind = snapshot.head.kind
        set = snapshot.head.set
        time = snapshot.head.time
        started = snapshot.head.started
        finished = snapshot.head.finished
        sizes = snapshot.head.sizes
        problems = snapshot.head.problems
        packs = snapshot.head.packs.count
        objectBytes = snapshot.objectBytes
        self.digest = digest
    }
}
