import Glibc
public import Model

/// The time of day of this host (`CLOCK_REALTIME`).
public struct SystemClock: Timekeeper {
    /// Makes one; all are the same.
    public init() {}

    /// The present moment.
    public func now() -> Instant {
        let time = timespec.now(CLOCK_REALTIME)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// The time since the host was started (`CLOCK_BOOTTIME`).
    public func elapsed() -> Duration { BootClock.now() }
}

extension timespec {
    static func now(_ clock: clockid_t) -> timespec {
        var time = timespec()
        let outcome = unsafe clock_gettime(clock, &time)
        precondition(outcome == 0, "every kernel this runs on has the clock")
        return time
    }
}
