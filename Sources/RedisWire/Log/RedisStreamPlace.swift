/// A place in the stream of commands of a server.
public struct RedisStreamPlace: Sendable, Hashable {
    /// The history that the server belongs to: 40 hexadecimal digits.
    public let replicationID: String
    /// How many bytes of that history come before it.
    public let offset: UInt64

    /// Names a place.
    public init(replicationID: String, offset: UInt64) {
        self.replicationID = replicationID
        self.offset = offset
    }
}
