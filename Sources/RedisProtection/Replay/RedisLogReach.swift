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
    private let chain: [LogPiece]
    /// All of the epoch that were not found damaged.
    private let pieces: [LogPiece]

    /// Follows the log from a snapshot without a gap; nil when no log leads on from it.
    ///
    /// A damaged or forged piece at the end is passed over: what lies before it, or beside it, can be reached all the same.
    ///
    /// - Throws: what the store throws.
    init?(_ base: RedisLogBase, in log: LogReader) async throws(Fault) {
        guard let epoch = try await base.epoch(in: log) else { return nil }
        self.base = base
        self.epoch = epoch
        let start = Self.start(base)
        var pieces = log.pieces.filter { $0.epoch == epoch }
        while true {
            let chain = Self.chain(pieces, from: start.offset)
            var mark: RedisLogMark?
            if let piece = chain.last {
                do throws(Fault) {
                    mark = try await log.head(of: piece).redisMark
                } catch  where error.code.disposition == .corrupt {
                    pieces.removeAll { $0 == piece }
                    continue
                }
            }
            // A mark before the snapshot's place says nothing of it.
            last = mark.flatMap { $0.offset > start.offset ? $0 : nil } ?? start
            self.chain = chain
            self.pieces = pieces
            return
        }
    }

    private static func start(_ base: RedisLogBase) -> RedisLogMark {
        RedisLogMark(offset: base.place.offset, time: base.snapshot.head.time)
    }

    /// Where the log that leads on from the snapshot ends.
    var end: UInt64 { chain.last?.to ?? base.place.offset }

    /// Whether it leads to the end of the log: nothing of later is there.
    func isWhole(_ log: LogReader) -> Bool {
        guard epoch == log.pieces.map(\.epoch).max() else { return false }
        return end >= log.coverage(epoch: epoch).ranges.last?.upperBound ?? 0
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
}

extension RedisLogReach {
    /// What the log knows of a moment.
    struct Place {
        /// The last place that was received by then.
        let mark: RedisLogMark
        /// The next one behind it; nil at the end.
        let next: RedisLogMark?
    }

    /// The last place that was received by a moment of the window.
    ///
    /// - Throws: `E-VAULT-DAMAGED` or `E-VAULT-TRUST` when only a damaged piece could say it, and what the store throws.
    func place(at moment: Instant, log: LogReader) async throws(Fault) -> Place {
        var (chain, pieces) = (chain, pieces)
        var damage: Fault?
        while true {
            var looked: LogPiece?
            do throws(Fault) {
                let place = try await place(at: moment, log, chain, &looked)
                // Where a damaged piece was needed, what comes behind it says nothing of a moment there.
                if let damage, place.next == nil, place.mark.time < moment { throw damage }
                return place
            } catch  where error.code.disposition == .corrupt {
                guard let piece = looked else { throw error }
                damage = damage ?? error
                pieces.removeAll { $0 == piece }
                chain = Self.chain(pieces, from: base.place.offset)
            }
        }
    }

    /// The same by one chain; `looked` is the piece whose head was asked for last, nil at the end.
    private func place(
        at moment: Instant,
        _ log: LogReader,
        _ chain: [LogPiece],
        _ looked: inout LogPiece?
    ) async throws(Fault) -> Place {
        // Each piece names the newest mark inside or before it, so they rise from piece to piece.
        var (low, high) = (0, chain.count)
        var before: RedisLogMark?
        while low < high {
            let middle = (low + high) / 2
            looked = chain[middle]
            let mark = try await log.head(of: chain[middle]).redisMark
            if let mark, mark.time > moment {
                high = middle
            } else {
                low = middle + 1
                before = mark
            }
        }
        var inside: [RedisLogMark] = []
        if low < chain.count {
            looked = chain[low]
            inside = try await log.head(of: chain[low]).redisMarks()
        }
        looked = nil
        let start = Self.start(base)
        let mark =
            ([start] + [before].compactMap(\.self) + inside)
            .filter { $0.offset >= start.offset && ($0.time <= moment || $0 == start) }
            .max { $0.offset < $1.offset } ?? start
        return Place(mark: mark, next: inside.first { $0.offset > mark.offset })
    }
}
