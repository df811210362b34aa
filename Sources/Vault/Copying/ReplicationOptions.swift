/// The sizes that a replication works with.
public struct ReplicationOptions: Sendable {
    /// How many objects are on their way at once; each is in memory as a whole.
    public var width = 3
    /// After this many bytes of packs their heads are written, so that an interruption loses little.
    public var batchBytes: Int64 = 4 << 30
    /// The most heads that are written after one proof.
    public var batchHeads = 64
    /// How long a proof by listing holds, by a clock that counts suspended time.
    public var proofLife = Duration.seconds(3600)

    /// The sizes for real work.
    public init() {}
}
