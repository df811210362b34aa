/// How long to wait for a Redis server before giving up.
public struct RedisPatience: Sendable, Hashable {
    /// For the connection to be made.
    public var connecting: Duration
    /// For the next byte, once connected.
    public var silence: Duration
    /// For a server that is loading its data.
    public var loading: Duration
    /// Between two attempts while it is loading.
    public var retryInterval: Duration

    /// Ten seconds to connect, sixty of silence, thirty of loading.
    public static let standard = RedisPatience(
        connecting: .seconds(10),
        silence: .seconds(60),
        loading: .seconds(30),
        retryInterval: .milliseconds(200)
    )

    /// Sets all times.
    public init(
        connecting: Duration,
        silence: Duration,
        loading: Duration,
        retryInterval: Duration
    ) {
        self.connecting = connecting
        self.silence = silence
        self.loading = loading
        self.retryInterval = retryInterval
    }
}
