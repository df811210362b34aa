public import Model

/// A file or directory below the data directory, as the server's SQL functions list it.
///
/// They follow symbolic links and tell neither mode nor owner.
public struct ListedFile: Sendable, Hashable {
    /// Where it is, relative to the data directory.
    public let path: String
    /// Its length in bytes when it was listed.
    public let size: Int64
    /// When its content was last changed.
    public let modified: Instant
    /// Whether it is a directory.
    public let isDirectory: Bool

    /// Describes a file.
    public init(path: String, size: Int64, modified: Instant, isDirectory: Bool) {
        self.path = path
        self.size = size
        self.modified = modified
        self.isDirectory = isDirectory
    }
}
