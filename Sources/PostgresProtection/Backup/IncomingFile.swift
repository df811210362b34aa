internal import Model

/// A file of a cluster that is about to be put into a session.
struct IncomingFile {
    /// Where it is below the data directory; tablespaces below their links.
    let path: [UInt8]
    /// How many bytes of it are taken, at most.
    let size: Int64
    /// The permission bits.
    let mode: UInt16
    /// When it was last changed.
    let modified: Instant

    /// The path for messages and known names.
    var text: String { String(decoding: path, as: UTF8.self) }
}
