public import Model
public import ObjectStorage

/// Log that a copy lacks and that was there: what is before and behind it shows that, or a base backup that needs it.
public struct LogHole: Sendable, Hashable {
    /// The object that shows it: the piece behind it, or the base backup.
    public let object: String
    /// What is lacking, in words.
    public let fact: String
    /// Whether it is damage: no other copy has it, or may have it.
    public let isDamage: Bool
    let stream: StreamName
    let epoch: UInt32
    let positions: [Range<UInt64>]

    /// The pieces of other copies that hold something of it, by name: at each position the one that reaches furthest.
    ///
    /// One listing a copy.
    ///
    /// - Throws: what the stores throw.
    public func pieces(in others: [Vault]) async throws(Fault) -> [ObjectName] {
        var found: Set<LogPiece> = []
        for other in others {
            let pieces = try await LogReader(other, stream: stream).pieces
            found.formUnion(
                pieces.lazy.filter { piece in
                    piece.epoch == epoch && positions.contains { $0.overlaps(piece.positions) }
                }
            )
        }
        var names: [ObjectName] = []
        var last: LogPiece?
        var sweep = LogSweep(found)
        for range in positions {
            var position = max(range.lowerBound, last?.to ?? 0)
            while position < range.upperBound {
                if let piece = sweep.take(at: position) {
                    names.append(piece.name(in: stream))
                    (last, position) = (piece, piece.to)
                } else {
                    let next = found.lazy.map(\.from).filter { $0 > position }.min()
                    position = next ?? range.upperBound
                }
            }
        }
        return names
    }
}
