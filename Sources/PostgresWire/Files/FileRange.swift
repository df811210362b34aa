/// A stretch of one file below the data directory.
public struct FileRange: Sendable, Hashable {
    /// The file, relative to the data directory.
    public let path: String
    /// Where the stretch begins, in bytes.
    public let offset: Int64
    /// How long it is, in bytes.
    public let length: Int

    /// Names a stretch.
    public init(path: String, offset: Int64, length: Int) {
        self.path = path
        self.offset = offset
        self.length = length
    }
}
