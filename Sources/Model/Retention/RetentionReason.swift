/// Why a snapshot stays.
public enum RetentionReason: Sendable, Hashable {
    /// A rule that counts periods wants it: the `count`th of `limit`.
    case newest(of: CalendarPeriod, rule: String, count: Int, limit: Int)
    /// It is the only kind of snapshot in a period that a rule wants, though it is not whole.
    case bestOf(CalendarPeriod, rule: String)
    /// It is one of the newest: the `count`th of `limit`.
    case last(count: Int, limit: Int)
    /// The policy keeps everything.
    case forever
    /// It is the newest one that is whole.
    case newestGood
    /// It is newer than the newest one that is whole, or there is none.
    case awaitsGood
    /// It is the last one that a restore proved.
    case proven
    /// A person holds it, for a reason.
    case held(String)
    /// It is not where it should be in its stream; so it stays, and takes no other's place.
    case doubtful(String)
    /// The stretch of log in which every second can be reached begins with it.
    case beginsLog(String)
}

extension RetentionReason: CustomStringConvertible {
    /// A clause: `newest of 2026-11-27 (daily 3 of 30)`.
    public var description: String {
        switch self {
        case .newest(let period, let rule, let count, let limit):
            "newest of \(period) (\(rule) \(count) of \(limit))"
        case .bestOf(let period, let rule):
            "best there is of \(period), though not whole (\(rule))"
        case .last(let count, let limit): "among the newest (last \(count) of \(limit))"
        case .forever: "everything stays (forever)"
        case .newestGood: "newest good snapshot"
        case .awaitsGood: "no newer snapshot is whole"
        case .proven: "the last one that a restore proved"
        case .held(let reason): "held: \(reason)"
        case .doubtful(let fact): "\(fact); it stays and takes no other's place"
        case .beginsLog(let window): "the log \(window) begins with it"
        }
    }
}
