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

    /// Groups the parts.
    public init(
        address: RedisAddress,
        user: String? = nil,
        password: SecretReference? = nil,
        directory: String? = nil
    ) {
        self.address = address
        self.user = user
        self.password = password
        self.directory = directory
    }
}
