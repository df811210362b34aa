/// A moment, in nanoseconds since 1970-01-01T00:00:00Z, without leap seconds (years 1678 to 2261).
public struct Instant: Sendable, Hashable, Comparable {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    public let nanoseconds: Int64

    /// Wraps nanoseconds since 1970-01-01T00:00:00Z.
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Wraps whole seconds since 1970-01-01T00:00:00Z.
    public init(seconds: Int64) { nanoseconds = seconds * 1_000_000_000 }

    /// Takes PostgreSQL's clock: microseconds since 2000-01-01T00:00:00Z (`datatype/timestamp.h`).
    public init(postgresMicroseconds: Int64) {
        nanoseconds = (postgresMicroseconds + 946_684_800_000_000) * 1_000
    }

    /// PostgreSQL's clock: microseconds since 2000-01-01T00:00:00Z.
    public var postgresMicroseconds: Int64 {
        Self.floor(nanoseconds, by: 1_000).quotient - 946_684_800_000_000
    }

    /// Whole seconds since 1970, rounded down.
    public var seconds: Int64 { Self.floor(nanoseconds, by: 1_000_000_000).quotient }

    /// Orders by time.
    public static func < (left: Instant, right: Instant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The moment some time later.
    public static func + (left: Instant, right: Duration) -> Instant {
        let parts = right.components
        return Instant(
            nanoseconds: left.nanoseconds + parts.seconds * 1_000_000_000 + parts.attoseconds
                / 1_000_000_000
        )
    }

    /// The moment some time earlier.
    public static func - (left: Instant, right: Duration) -> Instant { left + (.zero - right) }

    /// The time from `right` to `left`.
    public static func - (left: Instant, right: Instant) -> Duration {
        .nanoseconds(left.nanoseconds - right.nanoseconds)
    }

    static func floor(_ value: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
