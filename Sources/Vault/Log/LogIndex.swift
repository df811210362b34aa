internal import Model

/// The pieces of a stream's log by where they lie, for who looks up many places.
///
/// Cost: one pass over the pieces; a look-up sees only those that lie near.
public struct LogIndex: Sendable {
    private struct Slot: Hashable {
        let epoch: UInt32
        let number: UInt64
    }

    /// The log.
    public let reader: LogReader
    private let slots: [Slot: [LogPiece]]

    /// Sorts what a reader has listed.
    public init(_ reader: LogReader) {
        self.reader = reader
        var slots: [Slot: [LogPiece]] = [:]
        for piece in reader.pieces {
            for number in Self.numbers(piece.from, piece.to) {
                slots[Slot(epoch: piece.epoch, number: number), default: []].append(piece)
            }
        }
        self.slots = slots
    }

    /// The pieces that hold something between two positions, each once.
    func pieces(epoch: UInt32, from: UInt64, to: UInt64) -> [LogPiece] {
        var found: Set<LogPiece> = []
        for number in Self.numbers(from, to) {
            for piece in slots[Slot(epoch: epoch, number: number)] ?? []
            where piece.to > from && piece.from < to { found.insert(piece) }
        }
        return Array(found)
    }

    /// The slots of 16 MiB that a stretch touches; a name from outside may say anything, and gets no more than one segment of the
    /// largest size has.
    private static func numbers(_ from: UInt64, _ to: UInt64) -> ClosedRange<UInt64> {
        let first = from >> 24
        return first...min(first + 64, max(first, (max(to, 1) - 1) >> 24))
    }
}
