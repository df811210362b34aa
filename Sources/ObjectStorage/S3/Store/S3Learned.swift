import Model

/// What a client has found out about a server and a bucket since it was made.
struct S3Learned: Sendable {
    /// Whether the bucket is known to be there.
    var hasSeenBucket = false
    /// How far the server's clock is ahead of ours.
    var offset = Duration.zero
    /// Whether the server refuses to replace an object when asked to; nil as long as nobody knows.
    var isConditional: Bool?
    /// Whether the server lets a request say that it must not replace an object, whatever it makes of it.
    var takesConditions = true
    /// Whether the server takes SHA-256 checksums; otherwise it gets an MD5.
    var takesChecksums = true
    /// Whether the bucket keeps versions; nil as long as nobody knows.
    var isVersioned: Bool?
    /// Whether the bucket was made with Object Lock; nil as long as nobody knows.
    var hasLocks: Bool?
}
