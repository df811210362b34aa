public import Model

/// What a reply may claim before the connection is given up; keeps a hostile server out of our
/// memory.
public struct RedisReplyLimits: Sendable, Hashable {
    /// The longest status, error or number line.
    public var line: ByteCount
    /// The longest bulk string.
    public var bulk: ByteCount
    /// The most replies in one reply, at all depths together.
    public var elements: Int
    /// How deep arrays may nest.
    public var depth: Int
    /// The most bytes of one whole reply.
    public var total: ByteCount

    /// Limits that fit every command that is used here, with room to spare.
    public static let standard = RedisReplyLimits(
        line: ByteCount(64 * 1024),
        bulk: ByteCount(64 * 1024 * 1024),
        elements: 1 << 20,
        depth: 16,
        total: ByteCount(128 * 1024 * 1024)
    )

    /// Sets all limits.
    public init(line: ByteCount, bulk: ByteCount, elements: Int, depth: Int, total: ByteCount) {
        self.line = line
        self.bulk = bulk
        self.elements = elements
        self.depth = depth
        self.total = total
    }
}
