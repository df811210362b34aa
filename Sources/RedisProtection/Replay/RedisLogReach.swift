internal import Model
internal import RedisWire
internal import Vault

/// How far the vault's log takes one snapshot.
struct RedisLogReach {
    /// The snapshot.
    let base: RedisLogBase
    /// The epoch that leads on from it.
    let epoch: UInt32
    /// The last moment that can be replayed to; at least the snapshot's place.
    let last: RedisLogMark
    /// The pieces that hold what follows the snapshot's place, each needed to get further, in order.
    private let pieces: [LogPiece]

    /// Follows the log from a snapshot without a gap; nil when no log leads on from it.
    ///
    /// - Throws: what the store throws.
    init?(_ base: RedisLogBase, in log: LogReader) async throws(Fault) {
        guard let epoch = try await base.epoch(in: log) else { return nil }
        self.base = base
        self.epoch = epoch
        let time = base.snapshot.head.time
        let start = RedisLogMark(offset: base.place.offset, time: time)
        pieces = Self.chain(log.pieces.filter { $0.epoch == epoch }, from: base.place.offset)
        guard let piece = pieces.last else {
            last = start
            return
        }
        // A mark before the snapshot's place says nothing of it.
        let mark = try await log.head(of: piece).redisMark
        last = mark.flatMap { $0.offset > start.offset ? $0 : nil } ?? start
    }

    /// The moments that can be reached.
    var window: RecoverableWindow {
        let from = base.snapshot.head.time
        return RecoverableWindow(from: from, until: max(from, last.time))
    }

    /// From a position on, the piece that holds it and reaches furthest, one after the other.
    private static func chain(_ pieces: [LogPiece], from start: UInt64) -> [LogPiece] {
        var chain: [LogPiece] = []
        var position = start
        var best: LogPiece?
        for piece in pieces.sorted(by: { $0.from < $1.from }) where piece.to > start {
            if piece.from > position {
                guard let next = best, next.to > position else { break }
                chain.append(next)
                position = next.to
                best = nil
                guard piece.from <= position else { break }
            }
            if piece.to > best?.to ?? position { best = piece }
        }
        if let best, best.to > position { chain.append(best) }
        return chain
    }

    /// The last place that was received by a moment.
    ///
    /// - Throws: `E-VAULT-DAMAGED`, and what the store throws.
    func place(at moment: Instant, log: LogReader) async throws(Fault) -> RedisLogMark {
        // Each piece names the newest mark inside or before it, so they rise from piece to piece.
        var (low, high) = (0, pieces.count)
        while low < high {
            let middle = (low + high) / 2
            let mark = try await log.head(of: pieces[middle]).redisMark
            if let mark, mark.time > moment { high = middle } else { low = middle + 1 }
        }
        let before = low > 0 ? try await log.head(of: pieces[low - 1]).redisMark : nil
        let inside =
            low < pieces.count ? try await log.head(of: pieces[low]).redisMarks() : []
        let start = RedisLogMark(offset: base.place.offset, time: base.snapshot.head.time)
        return ([start] + [before].compactMap(\.self) + inside)
            .filter { $0.offset >= start.offset && ($0.time <= moment || $0 == start) }
            .max { $0.offset < $1.offset } ?? start
    }
}
