public import Model

/// A piece of log about to be stored.
public struct LogInput: Sendable {
    /// PostgreSQL: the system identifier.
    public let source: String
    /// PostgreSQL: the timeline.
    public let epoch: UInt32
    /// The first position.
    public let from: UInt64
    /// The bytes.
    public let bytes: [UInt8]
    /// The server's clock when the last byte was sent.
    public let time: Instant
    /// The newest transaction known to be inside or before the piece.
    public let heartbeat: LogHead.Heartbeat?
    /// What the component's kind records, by name.
    public let facts: [String: String]

    /// Describes a piece; it must not be empty.
    public init(
        source: String,
        epoch: UInt32,
        from: UInt64,
        bytes: [UInt8],
        time: Instant,
        heartbeat: LogHead.Heartbeat?,
        facts: [String: String]
    ) {
        precondition(!bytes.isEmpty, "a piece of log holds something")
        self.source = source
        self.epoch = epoch
        self.from = from
        self.bytes = bytes
        self.time = time
        self.heartbeat = heartbeat
        self.facts = facts
    }

    /// The first position after the last.
    public var to: UInt64 { from + UInt64(bytes.count) }
}
