/// Chooses pieces of log from one position to another: at each the one that reaches furthest.
///
/// A value without input or output; each piece is looked at a constant number of times, plus once for each other piece
/// that covers the same position.
struct LogSweep {
    private let pieces: [LogPiece]
    private var next = 0
    /// Pieces that begin at or before the position and have not been passed or taken.
    private var open: [LogPiece] = []

    /// Takes the pieces of one epoch in any order.
    init(_ pieces: some Sequence<LogPiece>) { self.pieces = pieces.sorted { $0.from < $1.from } }

    /// Takes out the piece that holds a position and reaches furthest; nil when there is none.
    ///
    /// Positions never go back. Asking for one again gives the second-best piece, for when the best cannot be used.
    mutating func take(at position: UInt64) -> LogPiece? {
        while next < pieces.count, pieces[next].from <= position {
            open.append(pieces[next])
            next += 1
        }
        open.removeAll { $0.to <= position }
        guard let best = open.indices.max(by: { open[$0].to < open[$1].to }) else { return nil }
        return open.remove(at: best)
    }
}
