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
    /// Whose log it is.
    public let stream: StreamName
    let epoch: UInt32
    let positions: [Range<UInt64>]

    /// Every piece that other copies hold of the log of a stream, by name.
    ///
    /// One listing a copy; it serves all holes of the stream.
    ///
    /// - Throws: what the stores throw.
    public static func pieces(
        of stream: StreamName,
        in others: [Vault]
    ) async throws(Fault) -> [LogPiece] {
        var found: Set<LogPiece> = []
        for other in others {
            found.formUnion(try await LogReader(other, stream: stream).pieces)
        }
        return found.sorted { $0.from < $1.from }
    }

    /// Those of some pieces of its stream that hold something of it, by name: at each position the one that reaches furthest.
    ///
    /// `pieces` are in the order of where they begin.
    /// - Complexity: O(n), and O(log n) for each stretch that is lacking or that no piece holds.
    public func pieces(among pieces: [LogPiece]) -> [ObjectName] {
        let found = pieces.filter { piece in
            guard piece.epoch == epoch else { return false }
            let next = positions.indices.first(from: { positions[$0].upperBound > piece.from })
            return next < positions.count && positions[next].lowerBound < piece.to
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
                    let next = found.indices.first(from: { found[$0].from > position })
                    position = next < found.count ? found[next].from : range.upperBound
                }
            }
        }
        return names
    }
}
