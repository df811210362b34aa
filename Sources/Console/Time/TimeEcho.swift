public import Model

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Shows a moment in UTC and as the clock on the wall had it.
public enum TimeEcho {
    /// `2026-11-23T14:05:31Z (15:05:31 +01:00 local)`; the local date appears where it differs.
    public static func text(_ instant: Instant) -> String {
        text(instant, offsetSeconds: localOffset(at: instant))
    }

    /// The same for a zone that is `offsetSeconds` east of UTC.
    public static func text(_ instant: Instant, offsetSeconds: Int) -> String {
        let universal = instant.rfc3339(digits: 0)
        let (shifted, overflow) = instant.nanoseconds.addingReportingOverflow(
            Int64(offsetSeconds) * 1_000_000_000
        )
        guard !overflow, abs(offsetSeconds) < 86_400 else { return universal }
        let local = Instant(nanoseconds: shifted).rfc3339(digits: 0)
        let clock = local.dropFirst(11).dropLast()
        let day = local.prefix(10) == universal.prefix(10) ? "" : "\(local.prefix(10)) "
        let minutes = abs(offsetSeconds) / 60
        let zone = "\(offsetSeconds < 0 ? "-" : "+")\(two(minutes / 60)):\(two(minutes % 60))"
        return "\(universal) (\(day)\(clock) \(zone) local)"
    }

    /// How far east of UTC the local zone was at a moment, in seconds.
    public static func localOffset(at instant: Instant) -> Int {
        var seconds = time_t(instant.seconds)
        var parts = unsafe tm()
        // POSIX lets localtime_r leave the zone unread; tzset reads it.
        tzset()
        guard unsafe localtime_r(&seconds, &parts) != nil else { return 0 }
        return unsafe Int(parts.tm_gmtoff)
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
