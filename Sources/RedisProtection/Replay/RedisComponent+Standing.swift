public import Model
public import Protection
internal import RedisWire
public import Vault

extension RedisComponent {
    /// How far a log takes a snapshot; nil for the snapshot of any other kind, and where there is no log.
    ///
    /// - Throws: what the store throws; a piece whose head is damaged only says nothing about time.
    public static func standing(
        of snapshot: Snapshot,
        log: LogReader
    ) async throws(Fault) -> LogStanding? {
        guard snapshot.head.kind == .redis, let newest = log.pieces.map(\.epoch).max() else {
            return nil
        }
        guard let base = RedisLogBase(snapshot) else {
            return LogStanding(.redis, epoch: newest, end: LSN(0), until: nil, isWhole: false)
        }
        do throws(Fault) {
            guard let reach = try await RedisLogReach(base, in: log) else {
                let place = LSN(base.place.offset)
                return LogStanding(.redis, epoch: newest, end: place, until: nil, isWhole: false)
            }
            return LogStanding(
                .redis,
                epoch: reach.epoch,
                end: LSN(reach.end),
                until: reach.window.until,
                isWhole: reach.isWhole(log)
            )
        } catch  where error.code.disposition == .corrupt {
            // `check` is what reports damage.
            let place = LSN(base.place.offset)
            return LogStanding(.redis, epoch: newest, end: place, until: nil, isWhole: false)
        }
    }
}
