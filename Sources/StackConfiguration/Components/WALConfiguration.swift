public import Model

/// How PostgreSQL's write-ahead log is kept.
public struct WALConfiguration: Sendable, Hashable {
    /// When a part of the log counts as safe, so that the server may forget it.
    public enum Durability: String, Sendable, Hashable, CaseIterable {
        /// When some copy that takes the log as it comes holds it.
        case anyCopy = "any_copy"
        /// When every such copy holds it; the server keeps it for as long as one is away.
        case everyCopy = "every_copy"
    }

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

    /// When a part of the log counts as safe.
    public var durableIn: Durability

    /// The folder where files wait that the server archives, an absolute path; nil for one in the host's state.
    public var spool: String?

    /// How much may wait there.
    public var spoolLimit: ByteCount

    /// Groups the parts.
    public init(
        stream: Bool = true,
        slot: String,
        heartbeat: Duration = .seconds(10),
        keep: Duration? = nil,
        durableIn: Durability = .anyCopy,
        spool: String? = nil,
        spoolLimit: ByteCount = WALConfiguration.defaultSpoolLimit
    ) {
        self.stream = stream
        self.slot = slot
        self.heartbeat = heartbeat
        self.keep = keep
        self.durableIn = durableIn
        self.spool = spool
        self.spoolLimit = spoolLimit
    }

    /// How much may wait where nothing else is said: 1 GiB, or 64 segments of the usual size.
    public static let defaultSpoolLimit = ByteCount(1 << 30)

    /// The slot of a stack that names none: `lifeboat_<stack>`, with what a slot name cannot hold replaced by `_`.
    public static func defaultSlot(of stack: String) -> String {
        String("lifeboat_\(stack)".map { $0 == "-" ? "_" : $0 }.prefix(63))
    }
}
