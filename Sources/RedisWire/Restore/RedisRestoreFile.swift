/// A file to write into the data folder of a stopped Redis server.
public struct RedisRestoreFile: Sendable, Hashable {
    /// What the file holds.
    public enum Content: Sendable, Hashable {
        /// The bytes of the RDB, as they were taken.
        case rdb
        /// These bytes.
        case literal([UInt8])
    }

    /// Where it goes, relative to the data folder; folders in it may have to be made.
    public let path: String
    /// What it holds.
    public let content: Content

    /// Sets both.
    public init(path: String, content: Content) {
        self.path = path
        self.content = content
    }
}
