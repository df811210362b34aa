internal import Model

/// How far the log of an epoch goes without a hole, piece by piece in the order of their names.
///
/// A value without input or output.
struct LogRow {
    private var stream: StreamName?
    /// The piece that reaches furthest of those before.
    private(set) var last: LogPiece?
    private var isLeft = false

    /// What nothing covers before a piece and behind those of its epoch that came before it; nil when there is no such hole.
    func hole(before piece: LogPiece, of stream: StreamName) -> Range<UInt64>? {
        guard !isLeft, let last, stream == self.stream, piece.epoch == last.epoch,
            piece.from > last.to
        else { return nil }
        return last.to..<piece.from
    }

    /// Goes on to a piece.
    mutating func take(_ piece: LogPiece, of stream: StreamName) {
        guard let last, stream == self.stream, piece.epoch == last.epoch else {
            self.stream = stream
            last = piece
            isLeft = false
            return
        }
        if piece.to > last.to { self.last = piece }
    }

    /// Looks for no more holes in the epoch.
    mutating func leave() { isLeft = true }
}
