/// How the commands of a Redis server are kept.
public struct RedisLogConfiguration: Sendable, Hashable {
    /// Whether they are streamed.
    public var stream: Bool
    /// How far back every second is reachable; nil for as far as there is a log.
    public var keep: Duration?
    /// When a part of the log counts as safe, so that the server is told of it.
    public var durableIn: WALConfiguration.Durability
    /// The server program that replays the log at a restore, an absolute path; nil for the one that is found.
    public var server: String?

    /// Groups the parts.
    public init(
        stream: Bool = true,
        keep: Duration? = nil,
        durableIn: WALConfiguration.Durability = .anyCopy,
        server: String? = nil
    ) {
        self.stream = stream
        self.keep = keep
        self.durableIn = durableIn
        self.server = server
    }
}
