/// A part of the log of a stream, such as the one that a base backup needs to become consistent.
public struct LogSpan: Sendable, Hashable {
    /// PostgreSQL: the timeline.
    public let epoch: UInt32
    /// The first position.
    public let from: UInt64
    /// The first position after the last.
    public let to: UInt64

    /// Names a part.
    public init(epoch: UInt32, from: UInt64, to: UInt64) {
        self.epoch = epoch
        self.from = from
        self.to = to
    }
}
