/// A Redis server and how it is reached.
public struct RedisConfiguration: Sendable, Hashable {
    /// Where it listens.
    public var address: RedisAddress
    /// The ACL user; nil is Redis's `default`.
    public var user: String?
    /// Where the password is; nil connects without one.
    public var password: SecretReference?
    /// Where it keeps its files, an absolute path: the place that a restore of a stopped server writes to.
    public var directory: String?
    /// Whether restored files are for a server with appendonly files; nil for what was recorded of it.
    public var isAppendOnly: Bool?
    /// What proves who is who over TLS; nil where nothing is said of it.
    public var tls: RedisTLSConfiguration?
    /// Whether a replica of it sends the snapshots where one is in step.
    public var prefersReplica: Bool
    /// How its commands are kept; nil where they are not.
    public var log: RedisLogConfiguration?

    /// Groups the parts.
    public init(
        address: RedisAddress,
        user: String? = nil,
        password: SecretReference? = nil,
        directory: String? = nil,
        isAppendOnly: Bool? = nil,
        tls: RedisTLSConfiguration? = nil,
        prefersReplica: Bool = false,
        log: RedisLogConfiguration? = nil
    ) {
        self.address = address
        self.user = user
        self.password = password
        self.directory = directory
        self.isAppendOnly = isAppendOnly
        self.tls = tls
        self.prefersReplica = prefersReplica
        self.log = log
    }
}
