public import Model

/// Positions of one epoch of a log: every piece that lies wholly inside them may go.
public struct LogStretch: Sendable, Codable, Hashable {
    /// The stream.
    public let stream: StreamName
    /// PostgreSQL: the timeline.
    public let epoch: UInt32
    /// The first position, as 16 hexadecimal digits.
    public let from: String
    /// The first position after the last, as 16 hexadecimal digits.
    public let to: String
    /// The piece that holds all of it and stays, by the first 16 digits of its hash; nil when nothing needs the stretch.
    public let by: String?

    /// Names positions; they must not be empty.
    public init(
        stream: StreamName,
        epoch: UInt32,
        _ positions: Range<UInt64>,
        by: String? = nil
    ) {
        self.stream = stream
        self.epoch = epoch
        from = VaultName.padded(positions.lowerBound, 16, 16)
        to = VaultName.padded(positions.upperBound, 16, 16)
        self.by = by
    }

    /// The positions; empty when the document does not say what it should.
    var positions: Range<UInt64> {
        guard let from = UInt64(from, radix: 16), let to = UInt64(to, radix: 16), from < to else {
            return 0..<0
        }
        return from..<to
    }

    /// Whether a piece may go on account of this stretch: it lies inside, and is not the one that holds it.
    func covers(_ piece: LogPiece) -> Bool {
        let inner = piece.from..<piece.to
        guard piece.epoch == epoch, positions.lowerBound <= inner.lowerBound,
            inner.upperBound <= positions.upperBound
        else { return false }
        return by == nil || inner != positions
    }

    /// Stretches that nothing needs, joined where they meet, by stream and position.
    static func joined(_ stretches: [LogStretch]) -> [LogStretch] {
        var joined: [LogStretch] = []
        let sorted = stretches.filter { $0.by == nil && !$0.positions.isEmpty }.sorted {
            ($0.stream, $0.epoch, $0.from) < ($1.stream, $1.epoch, $1.from)
        }
        for stretch in sorted {
            guard let last = joined.last, last.stream == stretch.stream,
                last.epoch == stretch.epoch,
                stretch.positions.lowerBound <= last.positions.upperBound
            else {
                joined.append(stretch)
                continue
            }
            joined[joined.count - 1] = LogStretch(
                stream: last.stream,
                epoch: last.epoch,
                last.positions
                    .lowerBound..<max(
                        last.positions.upperBound,
                        stretch.positions.upperBound
                    )
            )
        }
        return joined
    }
}
