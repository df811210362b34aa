internal import Model
internal import ObjectStorage

/// One stored piece of a log, as its name tells; not verified.
public struct LogPiece: Sendable, Hashable {
    /// PostgreSQL: the timeline.
    public let epoch: UInt32
    /// The first position.
    public let from: UInt64
    /// The first position after the last.
    public let to: UInt64
    /// The first 16 hexadecimal digits of the object's SHA-256.
    public let short: String
    /// The object's length in bytes.
    public let objectBytes: Int64
}

extension LogPiece {
    /// The object of it, in a stream.
    func name(in stream: StreamName) -> ObjectName {
        VaultName.log(stream, epoch: epoch, from: from, to: to, short: short).objectName
    }
}
