internal import Model
internal import RedisWire
internal import Vault

/// A snapshot as what the commands of a log are replayed on.
struct RedisLogBase {
    /// The snapshot.
    let snapshot: Snapshot
    /// Where the server was when it was taken: the log leads on from there.
    let place: RedisStreamPlace

    /// Reads the facts of a snapshot; nil when they do not say where the server was.
    init?(_ snapshot: Snapshot) {
        let facts = snapshot.head.facts
        guard snapshot.head.kind == .redis, let id = facts[RedisFact.replicationID],
            id.utf8.count == 40, let offset = UInt64(facts[RedisFact.replicationOffset] ?? "")
        else { return nil }
        self.snapshot = snapshot
        place = RedisStreamPlace(replicationID: id, offset: offset)
    }

    /// The epoch of a log that leads on from it; nil when none does.
    ///
    /// Offsets of two histories may be equal, so a piece that touches the place must be of the same history.
    ///
    /// - Throws: what the store throws.
    func epoch(in log: LogReader) async throws(Fault) -> UInt32? {
        for epoch in Set(log.pieces.map(\.epoch)).sorted(by: >) {
            let near = log.pieces.filter {
                $0.epoch == epoch && $0.from <= place.offset && place.offset <= $0.to
            }
            for piece in near.sorted(by: { $0.to > $1.to }) {
                do throws(Fault) {
                    let head = try await log.head(of: piece)
                    if head.kind == .redis,
                        head.facts[RedisLogFact.replicationID] == place.replicationID
                    {
                        return epoch
                    }
                } catch  where error.code.disposition == .corrupt { continue }
            }
        }
        return nil
    }
}
