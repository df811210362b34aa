/// The head of one member of a tar archive.
public struct TarEntry: Sendable, Hashable {
    /// What a member is.
    public enum Kind: Sendable, Hashable {
        /// A regular file; its bytes follow.
        case file
        /// A directory.
        case directory
        /// A symbolic link to a target, which may be any bytes.
        case symbolicLink(target: [UInt8])
    }

    /// The path below the archive's root: relative, without `.`, `..`, empty parts and a slash at
    /// the end.
    public let path: [UInt8]
    /// What it is.
    public let kind: Kind
    /// How many bytes follow; 0 for anything but a file.
    public let size: Int64
    /// The permission bits (12).
    public let mode: UInt16
    /// When it was changed, in seconds since 1970.
    public let modifiedSeconds: Int64

    /// The path as text; bytes that are not UTF-8 are replaced, so use it for messages and known
    /// names only.
    public var name: String { String(decoding: path, as: UTF8.self) }
}
