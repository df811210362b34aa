/// An error as a Redis server words it, such as `NOAUTH Authentication required.`.
public struct RedisFailure: Sendable, Hashable {
    /// The whole text without the leading `-`.
    public let message: String

    /// Wraps the text of an error reply.
    public init(_ message: String) { self.message = message }

    /// The kind: the first word, such as `ERR`, `NOAUTH` or `LOADING`.
    public var kind: Substring { message.prefix { $0 != " " } }
}
