/// An hour, day, ISO week, month or year of the civil calendar, at a fixed distance from UTC.
public struct CalendarPeriod: Sendable, Hashable {
    /// How long it is.
    public enum Unit: String, Sendable, CaseIterable {
        /// An hour, on the hour.
        case hour
        /// A day, from midnight.
        case day
        /// An ISO week, from Monday.
        case week
        /// A month.
        case month
        /// A year.
        case year
    }

    /// How long it is.
    public let unit: Unit
    /// Its number among all of its unit; the next one has the next number.
    public let number: Int64

    /// The period that holds a moment; `offset`: seconds that local time is ahead of UTC.
    public init(_ unit: Unit, of moment: Instant, offset: Int64 = 0) {
        self.unit = unit
        let second = moment.seconds + offset
        let day = Instant.floor(second, by: 86_400).quotient
        let date = Instant.civil(days: day)
        number =
            switch unit {
            case .hour: Instant.floor(second, by: 3_600).quotient
            case .day: day
            // Day 0 was a Thursday, so week 0 began three days before it.
            case .week: Instant.floor(day + 3, by: 7).quotient
            case .month: date.year * 12 + date.month - 1
            case .year: date.year
            }
    }
}

extension CalendarPeriod: Comparable {
    /// Orders periods of one unit by time.
    public static func < (left: CalendarPeriod, right: CalendarPeriod) -> Bool {
        left.number < right.number
    }
}

extension CalendarPeriod: CustomStringConvertible {
    /// `2026-11-27 14:00`, `2026-11-27`, `2026-W48`, `2026-11`, `2026`.
    public var description: String {
        switch unit {
        case .hour:
            let (day, hour) = Instant.floor(number, by: 24)
            return "\(Self.text(day: day)) \(Instant.padded(hour)):00"
        case .day: return Self.text(day: number)
        case .week:
            // A week belongs to the year that its Thursday is in.
            let thursday = number * 7
            let year = Instant.civil(days: thursday).year
            let first = Instant.days(year: year, month: 1, day: 1)
            return "\(year)-W\(Instant.padded((thursday - first) / 7 + 1))"
        case .month:
            let (year, month) = Instant.floor(number, by: 12)
            return "\(year)-\(Instant.padded(month + 1))"
        case .year: return "\(number)"
        }
    }

    private static func text(day: Int64) -> String {
        let date = Instant.civil(days: day)
        return "\(date.year)-\(Instant.padded(date.month))-\(Instant.padded(date.day))"
    }
}
