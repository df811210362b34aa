internal import Model
internal import RedisWire

/// What a restore does with the moments at which keys, and fields of hashes, expire.
public enum RedisExpiries: String, Sendable, Hashable, CaseIterable {
    /// They stay: what would have expired by now does.
    case keep
    /// They move on by the time since the snapshot: what had an hour left has an hour left.
    case shift
    /// What lived at the snapshot's moment never expires.
    case drop

    /// The change for a snapshot of a moment that is brought back now.
    func change(from snapshot: Instant, to now: Instant) -> RDBExpiryChange {
        switch self {
        case .keep: .keep
        case .shift: .shift(from: snapshot, to: now)
        case .drop: .drop(at: snapshot)
        }
    }

    /// The moment by which what has expired is gone: now, or the snapshot's when nothing expires in between.
    func deadline(_ snapshot: Instant, _ now: Instant) -> Instant {
        self == .keep ? now : snapshot
    }

    /// What becomes of the expiries, in words; nil when nothing does.
    func text(from snapshot: Instant, to now: Instant) -> String? {
        switch self {
        case .keep: nil
        case .shift:
            "every expiry moves on by \(max(0, now.milliseconds - snapshot.milliseconds)) ms, the time since the snapshot"
        case .drop:
            "every expiry is dropped: what lived at the snapshot's moment stays until it is deleted"
        }
    }
}
