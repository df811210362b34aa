public import Model
internal import PostgresProtection
internal import RedisWire

/// A server that follows a component's, or the component's server itself where it follows another.
public struct ServerFollower: Sendable, Hashable {
    /// Its name or its address; nil for the component's server itself.
    public let name: String?
    /// Whether it receives what the other sends.
    public let isConnected: Bool
    /// How much it lacks; nil when that is not known.
    public let lag: ByteCount?
    /// How long ago it was heard, or how old what it has is; nil when that is not known.
    public let delay: Duration?
    /// The same in words.
    public let text: String

    init(_ postgres: PostgresReplication.Follower) {
        name = postgres.name
        isConnected = postgres.isStreaming
        lag = postgres.lag
        delay = postgres.delay
        text = postgres.text
    }

    init(_ replica: RedisReplication.Replica) {
        name = "\(replica.endpoint)"
        isConnected = replica.isOnline
        lag = ByteCount(replica.behind)
        delay = replica.silence.map { .seconds($0) }
        text = replica.text
    }

    init(_ link: RedisReplication.Link) {
        name = nil
        isConnected = link.isUp
        lag = nil
        delay = link.silence.map { .seconds($0) }
        text = link.text
    }
}
