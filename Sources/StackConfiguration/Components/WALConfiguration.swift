/// How PostgreSQL's write-ahead log is kept.
public struct WALConfiguration: Sendable, Hashable {
    /// Whether the log is streamed.
    public var stream: Bool
    /// The replication slot.
    public var slot: String
    /// The time between two heartbeats.
    public var heartbeat: Duration

    /// How far back every second is reachable; nil for as far as there is a log.
    ///
    /// An older base keeps its own part of it.
    public var keep: Duration?

    /// Groups the parts.
    public init(
        stream: Bool = true,
        slot: String,
        heartbeat: Duration = .seconds(10),
        keep: Duration? = nil
    ) {
        self.stream = stream
        self.slot = slot
        self.heartbeat = heartbeat
        self.keep = keep
    }

    /// The slot of a stack that names none: `lifeboat_<stack>`, with what a slot name cannot hold replaced by `_`.
    public static func defaultSlot(of stack: String) -> String {
        String("lifeboat_\(stack)".map { $0 == "-" ? "_" : $0 }.prefix(63))
    }
}
