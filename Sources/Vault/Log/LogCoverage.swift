/// Which positions of one epoch of a log the vault holds.
public struct LogCoverage: Sendable, Hashable {
    /// The covered ranges, ascending, apart from each other; what lies between two is a gap.
    public private(set) var ranges: [Range<UInt64>] = []

    /// Joins pieces into ranges.
    public init(_ pieces: some Sequence<LogPiece>) {
        for piece in pieces.sorted(by: { ($0.from, $0.to) < ($1.from, $1.to) }) {
            if let last = ranges.last, piece.from <= last.upperBound {
                ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, piece.to)
            } else {
                ranges.append(piece.from..<piece.to)
            }
        }
    }

    /// How far the log reaches from a position without a gap; nil when it does not hold the position.
    public func reach(from position: UInt64) -> UInt64? {
        ranges.last { $0.lowerBound <= position && position <= $0.upperBound }?.upperBound
    }
}
