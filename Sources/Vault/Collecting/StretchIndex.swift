internal import Model

/// Finds out whether some stretches of a log speak of a piece.
///
/// Stretches of one run do not overlap, those of different runs may. It looks at the few that begin last before a piece;
/// a piece that it misses stays for the next run.
struct StretchIndex {
    private struct Key: Hashable {
        let epoch: UInt32
        let isHeld: Bool
    }

    private var stretches: [Key: [LogStretch]] = [:]

    init(_ all: [LogStretch]) {
        for stretch in all {
            stretches[Key(epoch: stretch.epoch, isHeld: stretch.by != nil), default: []]
                .append(stretch)
        }
        for key in stretches.keys {
            stretches[key]?.sort { $0.positions.lowerBound < $1.positions.lowerBound }
        }
    }

    /// Whether nothing was to need the piece.
    func isPast(_ piece: LogPiece) -> Bool { covers(piece, isHeld: false) }

    /// Whether a longer piece holds it.
    func isHeld(_ piece: LogPiece) -> Bool { covers(piece, isHeld: true) }

    private func covers(_ piece: LogPiece, isHeld: Bool) -> Bool {
        let all = stretches[Key(epoch: piece.epoch, isHeld: isHeld)] ?? []
        let end = all.indices.first(from: { all[$0].positions.lowerBound > piece.from })
        return all[max(0, end - 64)..<end].contains { $0.covers(piece) }
    }
}
