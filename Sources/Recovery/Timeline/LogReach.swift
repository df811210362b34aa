public import Model

/// How far the log of a PostgreSQL component reaches on one timeline of the server.
public struct LogReach: Sendable, Hashable {
    /// The server's timeline.
    public let epoch: UInt32
    /// The positions that are held; more than one range means a gap between them.
    public let ranges: [Range<UInt64>]
    /// The newest transaction that the newest piece is known to hold; nil when it does not say.
    public let until: Instant?

    /// The last position that is held.
    public var end: LSN { LSN(ranges.last?.upperBound ?? 0) }
}
