public import Model

/// What a restore of one component did.
public struct RestoreOutcome: Sendable {
    /// The moment that what came back stands for, as measured, if it could be.
    public let point: Instant?
    /// What came back, in words, each a line.
    public let lines: [String]
    /// What could not be brought back, each a line; empty when all of it was.
    public let problems: [String]
    /// Bytes that were written.
    public let bytes: ByteCount

    /// Describes a restore.
    public init(point: Instant?, lines: [String], problems: [String] = [], bytes: ByteCount) {
        self.point = point
        self.lines = lines
        self.problems = problems
        self.bytes = bytes
    }
}
