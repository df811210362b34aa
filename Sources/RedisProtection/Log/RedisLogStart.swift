internal import Model
internal import RedisWire
internal import Vault

/// Where the log in the vault can be continued.
struct RedisLogStart {
    /// How many pieces are looked at, the last ones first.
    private static let most = 256

    /// The newest epoch.
    let epoch: UInt32
    /// The place in the server's history; nil when the epoch cannot be continued.
    let place: RedisStreamPlace?
    /// The newest mark before it.
    let last: RedisLogMark?
    /// Whether nothing of the epoch lies behind the place.
    let isEnd: Bool

    /// Finds the end of the newest epoch: the last place where a piece ends behind a whole command.
    ///
    /// An epoch of which no piece can be trusted is none: anybody may have put it there.
    ///
    /// - Returns: nil when there is no log.
    /// - Throws: what the store throws.
    static func find(_ log: LogReader) async throws(Fault) -> RedisLogStart? {
        for epoch in Set(log.pieces.map(\.epoch)).sorted(by: >) {
            let pieces = log.pieces.filter { $0.epoch == epoch }.sorted { $0.to > $1.to }
            var isTrusted = false
            for piece in pieces.prefix(most) {
                do throws(Fault) {
                    let head = try await log.head(of: piece)
                    isTrusted = true
                    guard head.kind == .redis, let id = head.facts[RedisLogFact.replicationID],
                        let last = head.redisMark, last.offset == piece.to
                    else { continue }
                    return RedisLogStart(
                        epoch: epoch,
                        place: RedisStreamPlace(replicationID: id, offset: piece.to),
                        last: last,
                        isEnd: piece.to == pieces.first?.to
                    )
                } catch  where error.code.disposition == .corrupt { continue }
            }
            if isTrusted { return RedisLogStart(epoch: epoch, place: nil, last: nil, isEnd: false) }
        }
        return nil
    }

    /// Whether the epoch goes on in a history; `isAll` is whether every copy was looked at.
    ///
    /// A server that became the master may not have got what lies behind the place, in a copy that is away or as the beginning of a command
    /// that was too long to be held: what it sends from there on is something else.
    func goesOn(in replicationID: String, isAll: Bool) -> Bool {
        isEnd && isAll || place?.replicationID == replicationID
    }

    /// The same epoch, as one that cannot be continued.
    var ended: RedisLogStart {
        RedisLogStart(epoch: epoch, place: nil, last: nil, isEnd: isEnd)
    }

    /// The number of the epoch that follows: when it began, in seconds since 1970, and more than any before it.
    static func newEpoch(after start: RedisLogStart?, now: Instant) -> UInt32 {
        let next = start.map { $0.epoch == .max ? $0.epoch : $0.epoch + 1 } ?? 1
        return max(next, UInt32(clamping: now.seconds))
    }
}
