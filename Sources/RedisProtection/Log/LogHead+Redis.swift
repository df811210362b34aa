internal import Model
internal import Vault

extension LogHead {
    /// The positions of the piece; nil when it says none.
    var positions: ClosedRange<UInt64>? {
        guard let from = UInt64(from, radix: 16), let to = UInt64(to, radix: 16), from <= to
        else { return nil }
        return from...to
    }

    /// The marks of a piece of the log of Redis, ascending.
    ///
    /// - Throws: `E-VAULT-DAMAGED` when it does not say what it should.
    func redisMarks() throws(Fault) -> [RedisLogMark] {
        guard kind == .redis, let positions, let text = facts[RedisLogFact.marks],
            let marks = RedisLogMarks.read(text, positions)
        else {
            throw Fault(
                .damaged,
                "unable to read the log of '\(stream.component)': the piece \(from) to \(to) does not say what was received when",
                hints: ["Run `lifeboat check`."]
            )
        }
        return marks
    }

    /// The newest mark inside the piece or before it; nil when there is none.
    var redisMark: RedisLogMark? {
        heartbeat.map { RedisLogMark(offset: $0.lsn.value, time: $0.time) }
    }
}
