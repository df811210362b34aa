/// How PostgreSQL's write-ahead log is kept.
public struct WALConfiguration: Sendable, Hashable {
    /// Where a piece of the log must be durable before the server is told that it is.
    public enum Durability: String, Sendable, Hashable, CaseIterable {
        /// In the local spool.
        case spool
        /// In at least one copy.
        case anyCopy = "any_copy"
    }

    /// Whether the log is streamed.
    public var stream: Bool
    /// The replication slot.
    public var slot: String
    /// The time between two heartbeats.
    public var heartbeat: Duration
    /// Where a piece must be durable before it counts.
    public var durableIn: Durability

    /// Groups the parts.
    public init(
        stream: Bool = true,
        slot: String,
        heartbeat: Duration = .seconds(10),
        durableIn: Durability = .anyCopy
    ) {
        self.stream = stream
        self.slot = slot
        self.heartbeat = heartbeat
        self.durableIn = durableIn
    }

    /// The slot of a stack that names none: `lifeboat_<stack>`, with what a slot name cannot hold replaced by `_`.
    public static func defaultSlot(of stack: String) -> String {
        String("lifeboat_\(stack)".map { $0 == "-" ? "_" : $0 }.prefix(63))
    }
}
