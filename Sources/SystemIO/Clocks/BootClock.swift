import Glibc

/// Time that only moves forward and goes on while the host sleeps (`CLOCK_BOOTTIME`).
public enum BootClock {
    /// The time since the host was started.
    public static func now() -> Duration {
        let time = timespec.now(CLOCK_BOOTTIME)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
