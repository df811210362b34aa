internal import Model
internal import RedisWire
internal import Vault

/// Where the log in the vault can be continued.
struct RedisLogStart {
    /// How many pieces are looked at, the last ones first.
    private static let most = 256

    /// The epoch that is continued.
    let epoch: UInt32
    /// The place in the server's history.
    let place: RedisStreamPlace
    /// The newest mark before it.
    let last: RedisLogMark?

    /// Finds the end of the newest epoch: the last place where a piece ends behind a whole command.
    ///
    /// - Returns: nil when there is none.
    /// - Throws: what the store throws.
    static func find(_ log: LogReader) async throws(Fault) -> RedisLogStart? {
        guard let epoch = log.pieces.map(\.epoch).max() else { return nil }
        let pieces = log.pieces.filter { $0.epoch == epoch }.sorted { $0.to > $1.to }
        for piece in pieces.prefix(most) {
            do throws(Fault) {
                let head = try await log.head(of: piece)
                guard head.kind == .redis, let id = head.facts[RedisLogFact.replicationID],
                    let last = head.redisMark, last.offset == piece.to
                else { continue }
                return RedisLogStart(
                    epoch: epoch,
                    place: RedisStreamPlace(replicationID: id, offset: piece.to),
                    last: last
                )
            } catch  where error.code.disposition == .corrupt { continue }
        }
        return nil
    }

    /// The number of a new epoch: when it began, in seconds since 1970, and more than any before it.
    static func newEpoch(_ log: LogReader, now: Instant) -> UInt32 {
        let next = log.pieces.map(\.epoch).max().map { $0 == .max ? $0 : $0 + 1 } ?? 1
        return max(next, UInt32(clamping: now.seconds))
    }
}
