public import Model

/// What becomes of the moments at which keys, and fields of hashes, expire.
///
/// What had expired at the snapshot's moment stays so, whichever it is.
public enum RDBExpiryChange: Sendable, Hashable {
    /// They stay what they are.
    case keep
    /// They move on by so many milliseconds: what had an hour left has an hour left.
    case shift(milliseconds: Int64)
    /// Those behind a moment, in milliseconds since 1970, are dropped: what had not expired by then never does.
    case drop(after: Int64)

    /// Moves moments on by how long ago a snapshot was.
    public static func shift(from snapshot: Instant, to now: Instant) -> RDBExpiryChange {
        .shift(milliseconds: max(0, now.milliseconds - snapshot.milliseconds))
    }

    /// Drops the expiry of what lived at a snapshot's moment.
    public static func drop(at snapshot: Instant) -> RDBExpiryChange {
        .drop(after: snapshot.milliseconds)
    }

    /// The moment instead of one, in milliseconds; nil for never.
    func moment(for moment: Int64) -> Int64? {
        switch self {
        case .keep: return moment
        case .shift(let milliseconds):
            let (sum, isBeyond) = moment.addingReportingOverflow(milliseconds)
            return isBeyond ? .max : sum
        case .drop(let last): return moment > last ? nil : moment
        }
    }
}

extension Instant {
    /// Whole milliseconds since 1970, rounded down, as Redis counts.
    public var milliseconds: Int64 {
        let quotient = nanoseconds / 1_000_000
        return nanoseconds % 1_000_000 < 0 ? quotient - 1 : quotient
    }
}
